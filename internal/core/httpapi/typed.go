package httpapi

import (
	"context"
	"errors"
	"net/http"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"kubemate.io/kubemate/internal/core/errs"
)

// installErrors makes huma build our problems. huma keeps the constructors in package
// variables, so this happens once in a process.
var installErrors = sync.OnceFunc(func() {
	huma.NewError = func(status int, msg string, causes ...error) huma.StatusError {
		return problemOfHuma(context.Background(), status, msg, causes)
	}
	huma.NewErrorWithContext = func(ctx huma.Context, status int, msg string, causes ...error) huma.StatusError {
		p := problemOfHuma(ctx.Context(), status, msg, causes)
		if status == http.StatusRequestEntityTooLarge && ctx.Operation() != nil {
			p = NewProblem(ctx.Context(), tooLargeError(ctx.Operation().MaxBodyBytes))
		}
		problemHeaders(humagin.Unwrap(ctx).Writer.Header(), p)
		return p
	}
})

// problemOfHuma translates what huma found (validation) or what a handler returned.
func problemOfHuma(ctx context.Context, status int, msg string, causes []error) *Problem {
	if status == http.StatusInternalServerError && len(causes) > 0 {
		cause := errors.Join(causes...)
		From(ctx).cause = cause
		return NewProblem(ctx, cause)
	}
	kind := kindOfStatus(status)
	e := errs.New(kind, "%s", msg)
	for _, cause := range causes {
		var detailed huma.ErrorDetailer
		if errors.As(cause, &detailed) {
			d := detailed.ErrorDetail()
			_ = e.WithField(d.Location, d.Message) // never the value: it may be a password
		} else if cause != nil {
			_ = e.WithField("", cause.Error())
		}
	}
	switch {
	case len(e.Fields) == 1:
		e.Message = "the request is not valid: " + e.Fields[0].Path + ": " + e.Fields[0].Message
	case len(e.Fields) > 1:
		e.Message = "the request is not valid: several fields are wrong"
	}
	p := NewProblem(ctx, e)
	if status != 0 {
		p.Status, p.Title = status, http.StatusText(status)
	}
	return p
}

// typedAPI is huma's API with our defaults laid over every operation.
type typedAPI struct {
	huma.API
	limits Limits
}

// DocumentOperation completes an operation before its handler is built; huma calls it.
func (a *typedAPI) DocumentOperation(op *huma.Operation) {
	completeOperation(op, a.limits)
	if !op.Hidden {
		a.OpenAPI().AddOperation(op)
	}
}

// humaDefaultBody is the limit that huma sets where none was asked for.
const humaDefaultBody = 1 << 20

func completeOperation(op *huma.Operation, limits Limits) {
	if op.MaxBodyBytes == 0 || op.MaxBodyBytes == humaDefaultBody {
		op.MaxBodyBytes = limits.Body
	}
	op.BodyReadTimeout = limits.BodyTime
	if op.Security == nil {
		op.Security = []map[string][]string{{"session": {}}, {"token": {}}}
	}
}

func newTyped(engine *gin.Engine, o Options) *typedAPI {
	installErrors()
	config := huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title: "Kubemate", Version: "v1", License: &huma.License{Name: "Apache-2.0", Identifier: "Apache-2.0"},
				Description: "The API of Kubemate. Errors are RFC 9457 problems; docs/reference/errors.md lists them.",
			},
			Servers: []*huma.Server{{URL: orDefault(o.BasePath, "/")}},
			Components: &huma.Components{
				Schemas: huma.NewMapRegistry("#/components/schemas/", schemaName),
				SecuritySchemes: map[string]*huma.SecurityScheme{
					"session": {Type: "apiKey", In: "cookie", Name: "kubemate_session", Description: "Changes also need the header X-Kubemate-CSRF"},
					"token":   {Type: "http", Scheme: "bearer", Description: "A token of the command line"},
				},
			},
		},
		Formats:       map[string]huma.Format{"application/json": huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat},
		DefaultFormat: "application/json",
		Transformers: []huma.Transformer{func(ctx huma.Context, _ string, v any) (any, error) {
			if p, ok := v.(*Problem); ok && p.RequestID == "" {
				p.RequestID = From(ctx.Context()).ID
			}
			return v, nil
		}},
	}
	return &typedAPI{API: humagin.New(engine, config), limits: o.Limits}
}
