package fleet

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/util/jsonpath"
)

// definitionFields describe CustomResourceDefinitions, which come as JSON.
func definitionFields() []field {
	return []field{
		status(func(u *unstructured.Unstructured) (tone, text string) {
			switch {
			case u.GetDeletionTimestamp() != nil:
				return toneProgress, "Terminating"
			case conditionTrue(u, "Established"):
				return toneOK, "Established"
			}
			return toneWarning, "NotEstablished"
		}),
		text("group", "Group", func(u *unstructured.Unstructured) string { return nested(u, "spec", "group") }, facet),
		text("kind", "Kind", func(u *unstructured.Unstructured) string { return nested(u, "spec", "names", "kind") }),
		text("scope", "Scope", func(u *unstructured.Unstructured) string { return nested(u, "spec", "scope") }),
		list("versions", "Versions", func(u *unstructured.Unstructured) []string {
			versions, _, _ := unstructured.NestedSlice(u.Object, "spec", "versions")
			var out []string
			for _, v := range versions {
				if m, ok := v.(map[string]any); ok && m["served"] == true {
					out = append(out, fmt.Sprint(m["name"]))
				}
			}
			return out
		}),
	}
}

func apiServiceFields() []field {
	return []field{
		status(func(u *unstructured.Unstructured) (tone, text string) {
			if conditionTrue(u, "Available") {
				return toneOK, "Available"
			}
			return toneError, "Unavailable"
		}),
		text("service", "Service", func(u *unstructured.Unstructured) string {
			if name := nested(u, "spec", "service", "name"); name != "" {
				return nested(u, "spec", "service", "namespace") + "/" + name
			}
			return "Local"
		}),
	}
}

func nested(u *unstructured.Unstructured, path ...string) string {
	s, _, _ := unstructured.NestedString(u.Object, path...)
	return s
}

func conditionTrue(u *unstructured.Unstructured, kind string) bool {
	conditions, _, _ := unstructured.NestedSlice(u.Object, "status", "conditions")
	for _, c := range conditions {
		if m, ok := c.(map[string]any); ok && m["type"] == kind {
			return m["status"] == "True"
		}
	}
	return false
}

// printer is one of a CRD's additionalPrinterColumns.
type printer struct {
	Name     string `json:"name"`
	Type     string `json:"type"`
	Priority int64  `json:"priority"`
	JSONPath string `json:"jsonPath"`
}

// printersOf reads the printer columns of one version out of a CRD.
func printersOf(definition *unstructured.Unstructured, version string) []printer {
	versions, _, _ := unstructured.NestedSlice(definition.Object, "spec", "versions")
	for _, v := range versions {
		m, ok := v.(map[string]any)
		if !ok || m["name"] != version {
			continue
		}
		columns, _, _ := unstructured.NestedSlice(m, "additionalPrinterColumns")
		out := make([]printer, 0, len(columns))
		for _, c := range columns {
			if p, ok := c.(map[string]any); ok {
				out = append(out, printerOf(p))
			}
		}
		return out
	}
	return nil
}

func printerOf(m map[string]any) printer {
	p := printer{}
	p.Name, _ = m["name"].(string)
	p.Type, _ = m["type"].(string)
	p.JSONPath, _ = m["jsonPath"].(string)
	p.Priority, _ = m["priority"].(int64)
	return p
}

// printerFields makes columns of printer columns. One whose path is wrong is left out: the
// API server refuses those, so it only happens with an API server that Kubemate can't follow.
func printerFields(printers []printer) []field {
	taken := map[string]bool{}
	for _, f := range base() {
		taken[f.ID] = true
	}
	taken["controlledBy"] = true
	out := []field{}
	if !slices.ContainsFunc(printers, func(p printer) bool { return columnID(p.Name) == "status" }) {
		out, taken["status"] = append(out, status(genericStatus)), true
	}
	for _, p := range printers {
		id := columnID(p.Name)
		parsed := jsonpath.New(p.Name).AllowMissingKeys(true)
		if taken[id] || id == "" || parsed.Parse("{"+p.JSONPath+"}") != nil {
			continue
		}
		taken[id] = true
		f := printerField(id, p, parsed)
		f.Wide = p.Priority > 0
		out = append(out, f)
	}
	return out
}

func printerField(id string, p printer, path *jsonpath.JSONPath) field {
	kind := TypeText
	switch p.Type {
	case "integer", "number":
		kind = TypeNumber
	case "date":
		kind = TypeTime
	}
	return of(id, kind, p.Name, func(u *unstructured.Unstructured) value {
		results, err := path.FindResults(u.Object)
		if err != nil || len(results) == 0 || len(results[0]) == 0 {
			return noValue()
		}
		if kind == TypeText {
			var b bytes.Buffer
			if path.PrintResults(&b, results[0]) != nil {
				return noValue()
			}
			return textValue(cut(b.String()))
		}
		return scalar(kind, results[0][0].Interface())
	})
}

// scalar reads a number or a time; what is neither is no value.
func scalar(kind ColumnType, v any) value {
	switch v := v.(type) {
	case int64:
		return intValue(v)
	case float64:
		return numberValue(v)
	case string:
		if kind != TypeTime {
			return noValue()
		}
		t, err := time.Parse(time.RFC3339, v)
		if err != nil {
			return noValue()
		}
		return timeValue(metav1.NewTime(t))
	}
	return noValue()
}

// columnID makes "lastSyncTime" of "Last Sync-Time".
func columnID(name string) string {
	words := strings.FieldsFunc(name, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9')
	})
	for i, w := range words {
		if w == strings.ToUpper(w) {
			w = strings.ToLower(w)
		}
		w = strings.ToLower(w[:1]) + w[1:]
		if i > 0 {
			w = strings.ToUpper(w[:1]) + w[1:]
		}
		words[i] = w
	}
	return strings.Join(words, "")
}

// genericStatus reads what most operators leave in their objects: a Ready-like condition,
// else a phase, else nothing.
func genericStatus(u *unstructured.Unstructured) (tone, text string) {
	if u.GetDeletionTimestamp() != nil {
		return toneProgress, "Terminating"
	}
	conditions, _, _ := unstructured.NestedSlice(u.Object, "status", "conditions")
	for _, want := range []string{"Ready", "Available", "Succeeded", "Established"} {
		for _, c := range conditions {
			if m, ok := c.(map[string]any); ok && m["type"] == want {
				return conditionTone(m, want)
			}
		}
	}
	return toneNeutral, nested(u, "status", "phase")
}

func conditionTone(m map[string]any, name string) (tone, text string) {
	switch m["status"] {
	case "True":
		return toneOK, name
	case "False":
		if reason, _ := m["reason"].(string); reason != "" {
			return toneWarning, reason
		}
		return toneWarning, "Not" + name
	}
	return toneProgress, "Unknown"
}
