package httpapi

import (
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
)

// registerRaw puts a handler that answers by itself behind the same border as typed ones,
// and its operation into the same document.
func (s *Server) registerRaw(op huma.Operation, handler RawHandler) {
	completeOperation(&op, s.options.Limits)
	if op.Responses == nil {
		op.Responses = map[string]*huma.Response{}
	}
	if len(op.Responses) == 0 {
		op.Responses["200"] = &huma.Response{Description: "OK"}
	}
	if op.Responses["default"] == nil {
		op.Responses["default"] = s.problemResponse()
	}
	addPathParams(&op)
	if !op.Hidden {
		s.api.Typed.OpenAPI().AddOperation(&op)
	}
	s.engine.Handle(op.Method, ginPath(op.Path), func(c *gin.Context) {
		done, err := s.admit(c, &op)
		if err != nil {
			WriteProblem(c.Writer, c.Request, err)
			return
		}
		defer done()
		for _, p := range c.Params {
			c.Request.SetPathValue(p.Key, strings.TrimPrefix(p.Value, "/"))
		}
		if err := handler(c.Writer, c.Request); err != nil {
			if c.Writer.Written() {
				From(c.Request.Context()).cause = err
				return
			}
			WriteProblem(c.Writer, c.Request, err)
		}
	})
}

func (s *Server) problemResponse() *huma.Response {
	schema := s.api.Typed.OpenAPI().Components.Schemas.Schema(problemType, true, "Problem")
	return &huma.Response{
		Description: "Error",
		Content:     map[string]*huma.MediaType{"application/problem+json": {Schema: schema}},
	}
}

// ginPath turns {name} into :name.
func ginPath(path string) string {
	return strings.NewReplacer("{", ":", "}", "").Replace(path)
}

// addPathParams documents path parameters that the operation left out.
func addPathParams(op *huma.Operation) {
	known := map[string]bool{}
	for _, p := range op.Parameters {
		if p.In == "path" {
			known[p.Name] = true
		}
	}
	for _, segment := range strings.Split(op.Path, "/") {
		name, ok := strings.CutPrefix(segment, "{")
		name = strings.TrimSuffix(name, "}")
		if ok && !known[name] {
			op.Parameters = append(op.Parameters, &huma.Param{
				Name: name, In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString},
			})
		}
	}
}
