package fleet

import (
	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// longest bounds an event's message in the table; the whole one is in the object.
const longest = 512

func eventFields() []field {
	return []field{
		status(func(e *corev1.Event) (tone, text string) { return eventTone(e.Type), e.Type }),
		text("reason", "Reason", func(e *corev1.Event) string { return e.Reason }, facet),
		text("object", "Object", func(e *corev1.Event) string { return e.InvolvedObject.Kind + "/" + e.InvolvedObject.Name }),
		text("message", "Message", func(e *corev1.Event) string { return cut(e.Message) }),
		count("count", "Count", func(e *corev1.Event) int64 {
			if e.Series != nil {
				return int64(max(e.Series.Count, e.Count, 1))
			}
			return int64(max(e.Count, 1))
		}),
		of("lastSeen", TypeTime, "Last seen", func(e *corev1.Event) value { return timeValue(eventLast(e)) }),
		of("firstSeen", TypeTime, "First seen", func(e *corev1.Event) value { return timeValue(eventFirst(e)) }, wide),
		text("source", "Source", func(e *corev1.Event) string {
			if e.Source.Component != "" {
				return e.Source.Component
			}
			return e.ReportingController
		}, wide),
		text("objectKind", "Object kind", func(e *corev1.Event) string { return e.InvolvedObject.Kind }, wide),
		text("objectName", "Object name", func(e *corev1.Event) string { return e.InvolvedObject.Name }, wide),
		text("objectUid", "Object UID", func(e *corev1.Event) string { return string(e.InvolvedObject.UID) }, hidden),
		text("fieldPath", "Field", func(e *corev1.Event) string { return e.InvolvedObject.FieldPath }, wide),
	}
}

func eventTone(kind string) string {
	if kind == corev1.EventTypeWarning {
		return toneWarning
	}
	return toneNeutral
}

// eventLast is the latest of the times that the two event APIs leave in an event.
func eventLast(e *corev1.Event) metav1.Time {
	last := e.LastTimestamp
	if e.Series != nil && e.Series.LastObservedTime.After(last.Time) {
		last = metav1.NewTime(e.Series.LastObservedTime.Time)
	}
	if last.IsZero() {
		return eventFirst(e)
	}
	return last
}

func eventFirst(e *corev1.Event) metav1.Time {
	switch {
	case !e.FirstTimestamp.IsZero():
		return e.FirstTimestamp
	case !e.EventTime.IsZero():
		return metav1.NewTime(e.EventTime.Time)
	}
	return e.CreationTimestamp
}

func newEventFields() []field {
	return []field{
		status(func(e *eventsv1.Event) (tone, text string) { return eventTone(e.Type), e.Type }),
		text("reason", "Reason", func(e *eventsv1.Event) string { return e.Reason }, facet),
		text("object", "Object", func(e *eventsv1.Event) string { return e.Regarding.Kind + "/" + e.Regarding.Name }),
		text("message", "Message", func(e *eventsv1.Event) string { return cut(e.Note) }),
		text("objectUid", "Object UID", func(e *eventsv1.Event) string { return string(e.Regarding.UID) }, hidden),
	}
}

// cut shortens a text at a character's border.
func cut(s string) string {
	if len(s) <= longest {
		return s
	}
	end := longest
	for end > 0 && s[end]&0xc0 == 0x80 {
		end--
	}
	return s[:end] + "…"
}
