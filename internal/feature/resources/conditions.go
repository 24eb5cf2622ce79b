package resources

import (
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// badWhenTrue are the condition types that report trouble by being True.
var badWhenTrue = map[string]bool{
	"MemoryPressure": true, "DiskPressure": true, "PIDPressure": true, "NetworkUnavailable": true,
	"ReplicaFailure": true, "Failed": true, "FailureTarget": true, "DisruptionTarget": true, "Stalled": true,
	"Degraded": true, "NamespaceDeletionDiscoveryFailure": true, "NamespaceDeletionContentFailure": true,
	"NamespaceDeletionGroupVersionParsingFailure": true, "NamespaceContentRemaining": true,
	"NamespaceFinalizersRemaining": true, "FileSystemResizePending": true, "NonStructuralSchema": true,
	"PodResizePending": true, "PodResizeInProgress": true, "ScalingLimited": true,
}

// neutralConditions say something that is neither good nor bad.
var neutralConditions = map[string]bool{"Suspended": true, "Complete": true, "SuccessCriteriaMet": true, "Progressing": true}

// conditionsOf reads status.conditions of any kind of object.
func conditionsOf(obj *unstructured.Unstructured) []ObjectCondition {
	list, _, _ := unstructured.NestedSlice(obj.Object, "status", "conditions")
	out := make([]ObjectCondition, 0, len(list))
	for _, e := range list {
		c, ok := e.(map[string]any)
		if !ok {
			continue
		}
		cond := ObjectCondition{
			Type: text(c, "type"), Status: text(c, "status"), Reason: text(c, "reason"), Message: text(c, "message"),
			Since: firstTime(c, "lastTransitionTime", "lastUpdateTime"),
		}
		cond.Tone = conditionTone(cond)
		out = append(out, cond)
	}
	return out
}

func conditionTone(c ObjectCondition) string {
	switch {
	case c.Status == "Unknown":
		return toneWarning
	case badWhenTrue[c.Type]:
		if c.Status == "True" {
			return badTone(c.Type)
		}
		return toneOK
	case c.Type == "Suspended":
		return toneNeutral
	case c.Type == "Progressing" && c.Status == "False" && c.Reason == "DeploymentPaused":
		return toneNeutral
	case c.Status == "True":
		return toneOK
	case c.Status == "False" && neutralConditions[c.Type] && c.Reason != "ProgressDeadlineExceeded":
		return toneNeutral
	case c.Reason == "PodCompleted":
		return toneNeutral
	case c.Status == "False" && c.Reason == "ProgressDeadlineExceeded":
		return toneError
	default:
		return toneWarning
	}
}

func badTone(kind string) string {
	switch kind {
	case "ScalingLimited", "PodResizePending", "PodResizeInProgress", "FileSystemResizePending", "DisruptionTarget",
		"NamespaceContentRemaining", "NamespaceFinalizersRemaining":
		return toneWarning
	default:
		return toneError
	}
}

// Tones of a status.
const (
	toneOK       = "ok"
	toneProgress = "progress"
	toneWarning  = "warning"
	toneError    = "error"
	toneNeutral  = "neutral"
)

// text reads a string member of a JSON object; "" when there is none.
func text(m map[string]any, key string) string {
	s, _ := m[key].(string)
	return s
}

// firstTime reads the first of the members that holds a time.
func firstTime(m map[string]any, keys ...string) *time.Time {
	for _, k := range keys {
		if t, err := time.Parse(time.RFC3339Nano, text(m, k)); err == nil {
			return &t
		}
	}
	return nil
}
