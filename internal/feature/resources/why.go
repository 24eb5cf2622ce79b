package resources

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kubemate.io/kubemate/internal/core/kube"
)

// why answers "why isn't it running?" from what the caller may see: status, conditions,
// events, owners, quotas, nodes, claims.
func (f *Feature) why(ctx context.Context, who caller, ref kube.Ref) (*Why, error) {
	obj, r, err := f.open(ctx, who, ref)
	if err != nil {
		return nil, err
	}
	out, err := r.diagnose(obj)
	if err != nil {
		return nil, err
	}
	return out, ctx.Err()
}

// whyCauses bounds the causes of one answer.
const whyCauses = 12

// diagnose finds the causes of an object's state. Each family of kinds has its own file.
func (r *reader) diagnose(obj *unstructured.Unstructured) (*Why, error) {
	d := &diagnosis{r: r, obj: obj}
	if err := d.dispatch(); err != nil {
		return nil, err
	}
	slices.SortStableFunc(d.causes, func(a, b *cause) int { return cmp.Compare(a.order, b.order) })
	if len(d.causes) > whyCauses {
		d.causes = d.causes[:whyCauses]
	}
	out := &Why{Ref: r.ref(obj), Tone: toneOK, Headline: d.headline, Causes: []WhyCause{}, Unseen: r.notSeen()}
	for _, c := range d.causes {
		out.Causes = append(out.Causes, c.WhyCause)
	}
	if len(d.causes) > 0 {
		out.Tone = d.causes[0].Tone
		if out.Headline == "" {
			out.Headline = d.causes[0].Title
		}
	}
	return out, nil
}

func (d *diagnosis) dispatch() error {
	switch d.obj.GetKind() {
	case "Pod":
		return diagnoseAs(d, (*diagnosis).pod)
	case "Deployment":
		return diagnoseAs(d, func(d *diagnosis, o *appsv1.Deployment) { d.deployment(o) })
	case "StatefulSet":
		return diagnoseAs(d, func(d *diagnosis, o *appsv1.StatefulSet) { d.statefulSet(o) })
	case "DaemonSet":
		return diagnoseAs(d, func(d *diagnosis, o *appsv1.DaemonSet) { d.daemonSet(o) })
	case "ReplicaSet":
		return diagnoseAs(d, func(d *diagnosis, o *appsv1.ReplicaSet) { d.replicaSet(o) })
	case "Job":
		return diagnoseAs(d, func(d *diagnosis, o *batchv1.Job) { d.job(o) })
	case "CronJob":
		return diagnoseAs(d, func(d *diagnosis, o *batchv1.CronJob) { d.cronJob(o) })
	case "PersistentVolumeClaim":
		return diagnoseAs(d, func(d *diagnosis, o *corev1.PersistentVolumeClaim) { d.claim(o) })
	case "Service":
		return diagnoseAs(d, func(d *diagnosis, o *corev1.Service) { d.service(o) })
	case "Ingress":
		return diagnoseAs(d, func(d *diagnosis, o *networkingv1.Ingress) { d.ingress(o) })
	case "Node":
		return diagnoseAs(d, func(d *diagnosis, o *corev1.Node) { d.node(o) })
	}
	d.anything()
	return nil
}

func diagnoseAs[T any](d *diagnosis, with func(*diagnosis, *T)) error {
	o, err := as[T](d.obj)
	if err != nil {
		return err
	}
	with(d, o)
	return nil
}

// diagnosis collects causes for one object.
type diagnosis struct {
	r        *reader
	obj      *unstructured.Unstructured
	headline string // "" = the title of the first cause
	causes   []*cause
}

// cause is a WhyCause on its way; order sorts causes, 0 first.
type cause struct {
	WhyCause
	order int
}

// Orders: the nearer to the root of the trouble, the lower.
const (
	orderRoot    = 0  // without this nothing else can work
	orderCause   = 10 // the usual
	orderSymptom = 20 // what a cause leads to
	orderNote    = 30 // worth knowing
)

// add begins a cause.
func (d *diagnosis) add(code, tone string, order int, title string, args ...any) *cause {
	c := &cause{order: order, WhyCause: WhyCause{
		Code: code, Tone: tone, Title: fmt.Sprintf(title, args...), Params: map[string]string{},
		Evidence: []WhyEvidence{}, Remedy: []string{},
	}}
	d.causes = append(d.causes, c)
	return c
}

func (c *cause) detail(format string, args ...any) *cause {
	c.Detail = fmt.Sprintf(format, args...)
	return c
}

// with adds params: key, value, key, value, …
func (c *cause) with(pairs ...string) *cause {
	for i := 0; i+1 < len(pairs); i += 2 {
		c.Params[pairs[i]] = pairs[i+1]
	}
	return c
}

func (c *cause) remedy(lines ...string) *cause {
	c.Remedy = append(c.Remedy, lines...)
	return c
}

func (c *cause) about(ref *kube.Ref) *cause {
	c.Ref = ref
	return c
}

func (c *cause) evidence(source string, ref *kube.Ref, text string, at time.Time) *cause {
	if text == "" {
		return c
	}
	e := WhyEvidence{Source: source, Ref: ref, Text: text}
	if !at.IsZero() {
		e.Time = &at
	}
	c.Evidence = append(c.Evidence, e)
	return c
}

// event adds an event as evidence; nil adds nothing.
func (c *cause) event(e *ObjectEvent) *cause {
	if e == nil {
		return c
	}
	return c.evidence("event", &e.Object, e.Reason+": "+e.Message, e.Last)
}

// lastEvent finds the newest event about obj with one of the reasons.
func (r *reader) lastEvent(obj *unstructured.Unstructured, reasons ...string) *ObjectEvent {
	events := r.eventsAbout(obj)
	for i := range events {
		if slices.Contains(reasons, events[i].Reason) {
			return &events[i]
		}
	}
	return nil
}

// healthy says that nothing is wrong; it stands alone.
func (d *diagnosis) healthy(format string, args ...any) {
	d.add("healthy", toneOK, orderNote, format, args...)
}

// bad says whether a cause was found that is more than a note.
func (d *diagnosis) bad() bool {
	return slices.ContainsFunc(d.causes, func(c *cause) bool { return c.Tone == toneError || c.Tone == toneWarning || c.Tone == toneProgress })
}
