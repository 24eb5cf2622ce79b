package resources

import (
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// anything explains an object of any other kind by what all kinds share: deletion,
// conditions, warnings.
func (d *diagnosis) anything() {
	d.deletion()
	for _, c := range conditionsOf(d.obj) {
		if c.Tone != toneWarning && c.Tone != toneError {
			continue
		}
		since := time.Time{}
		if c.Since != nil {
			since = *c.Since
		}
		code := "condition"
		if d.obj.GetKind() == "HorizontalPodAutoscaler" && (c.Reason == "FailedGetResourceMetric" || c.Reason == "FailedGetPodsMetric" || c.Reason == "InvalidMetricSourceType") {
			code = "dependency-metrics"
		}
		found := d.add(code, c.Tone, orderCause, "%s %s reports: %s is %s", d.obj.GetKind(), d.obj.GetName(), c.Type, c.Status).
			with("type", c.Type, "status", c.Status, "reason", c.Reason).detail("%s", orDefault(c.Message, c.Reason)).
			evidence("condition", nil, fmt.Sprintf("%s is %s, %s: %s", c.Type, c.Status, c.Reason, c.Message), since)
		if code == "dependency-metrics" {
			found.remedy("See whether metrics-server runs, and whether the pods have resource requests.")
		}
	}
	if events := d.r.eventsAbout(d.obj); len(d.causes) == 0 && len(events) > 0 && events[0].Type == "Warning" && d.r.now.Sub(events[0].Last) < recently {
		d.add("event", toneWarning, orderCause, "%s", firstLine(events[0].Message)).with("reason", events[0].Reason).
			detail("The newest event about it is a warning.").event(&events[0])
	}
	if len(d.causes) == 0 {
		d.healthy("Nothing is reported to be wrong with %s %s", d.obj.GetKind(), d.obj.GetName())
	}
}

// deletion explains an object that was deleted but is still there.
func (d *diagnosis) deletion() {
	at := d.obj.GetDeletionTimestamp()
	if at == nil {
		return
	}
	finalizers := d.obj.GetFinalizers()
	if d.obj.GetKind() == "Namespace" {
		list, _, _ := unstructured.NestedStringSlice(d.obj.Object, "spec", "finalizers")
		finalizers = append(finalizers, list...)
	}
	tone := toneProgress
	if d.r.now.Sub(at.Time) > time.Minute {
		tone = toneWarning
	}
	c := d.add("terminating", tone, orderRoot, "%s %s is being deleted", d.obj.GetKind(), d.obj.GetName()).
		evidence("status", nil, "deletion was asked for", at.Time)
	if len(finalizers) > 0 {
		c.with("finalizers", shortList(finalizers)).detail("It waits for the finalizers %s, which their controllers take off when they have cleaned up.", shortList(finalizers)).
			remedy("Look at these controllers, and at what is left in it.")
	}
}
