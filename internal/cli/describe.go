package cli

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"sort"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/feature/resources"
)

func (a *app) describeCommand() *cobra.Command {
	cmd, inv := a.command("describe KIND NAME … | KIND/NAME …", "Show an object in words: status, conditions, cause, events", func(ctx context.Context, inv *invocation, args []string) error {
		objects, err := inv.namedObjects(ctx, args, "")
		if err != nil {
			return err
		}
		for i, o := range objects {
			if i > 0 {
				inv.say("")
			}
			if err := inv.describe(ctx, o); err != nil {
				return err
			}
		}
		return nil
	})
	cmd.Args = atLeast(1, "an object")
	cmd.ValidArgsFunction = inv.completeObjects
	inv.namespaced(cmd, false)
	return cmd
}

func (inv *invocation) describe(ctx context.Context, o object) error {
	d, err := inv.detail(ctx, o)
	if err != nil {
		return err
	}
	p := &describer{inv: inv, w: inv.out}
	p.header(o, d)
	p.conditions(d.Conditions)
	if d.Status[0] != "ok" && d.Status[0] != toneNeutral {
		var why resources.Why
		// The cause is an addition: its lack must not hide the object.
		if err := inv.client.Call(ctx, http.MethodGet, o.path("why"), nil, nil, &why); err == nil {
			inv.say("Why:")
			p.why(&why, "  ")
		}
	}
	p.section("Spec", d.Object["spec"])
	p.section("Data", d.Object["data"])
	p.status(d.Object["status"])
	var events resources.ObjectEvents
	err = inv.client.Call(ctx, http.MethodGet, o.path("events"), nil, nil, &events)
	if errs.KindOf(err) == errs.Forbidden {
		p.inv.say("Events:      you may not see them")
		return nil
	}
	if err != nil {
		return err
	}
	return p.events(events.Events)
}

// describer writes an object for people.
type describer struct {
	inv *invocation
	w   io.Writer
}

func (p *describer) line(label, value string) {
	if label != "" {
		label += ":"
	}
	if value != "" {
		p.inv.say("%-12s %s", label, clean(value))
	}
}

func (p *describer) header(o object, d *resources.ObjectDetail) {
	metadata, _ := d.Object["metadata"].(map[string]any)
	p.line("Name", o.ref.Name)
	p.line("Namespace", o.ref.Namespace)
	p.line("Kind", kindWords(o))
	status := d.Status[1]
	if paint := p.inv.painter(); paint != nil && status != "" {
		fmt.Fprintf(p.w, "%-12s %s\n", "Status:", paint(d.Status[0], clean(status)))
	} else {
		p.line("Status", status)
	}
	if d.Stale != nil {
		p.line("Stale", "contact to the cluster is lost: "+d.Stale.Cause)
	}
	if created, err := time.Parse(time.RFC3339, plainText(metadata["creationTimestamp"])); err == nil {
		p.line("Created", age(p.inv.now().Sub(created))+" ago ("+created.Local().Format("2006-01-02 15:04:05")+")")
	}
	if deleted := plainText(metadata["deletionTimestamp"]); deleted != "" {
		p.line("Deleting", "since "+deleted)
	}
	p.pairs("Labels", metadata["labels"])
	p.pairs("Annotations", metadata["annotations"])
	owners, _ := metadata["ownerReferences"].([]any)
	for _, owner := range owners {
		if ref, ok := owner.(map[string]any); ok {
			p.line("Owner", strings.ToLower(plainText(ref["kind"]))+"/"+plainText(ref["name"]))
		}
	}
	if finalizers, ok := metadata["finalizers"].([]any); ok {
		p.line("Finalizers", joinTexts(finalizers, ", "))
	}
}

func kindWords(o object) string {
	if o.kind.Group == "" {
		return o.kind.Kind.Kind + " (" + o.kind.Version + ")"
	}
	return o.kind.Kind.Kind + " (" + o.kind.Group + "/" + o.kind.Version + ")"
}

// pairs writes a map of strings, one a line; long values are cut.
func (p *describer) pairs(label string, value any) {
	pairs, ok := value.(map[string]any)
	if !ok {
		return
	}
	for _, key := range sortedKeys(pairs) {
		if key == "kubectl.kubernetes.io/last-applied-configuration" {
			continue
		}
		p.line(label, key+"="+cut(plainText(pairs[key]), 120))
		label = ""
	}
}

func (p *describer) conditions(conditions []resources.ObjectCondition) {
	if len(conditions) == 0 {
		return
	}
	p.inv.say("Conditions:")
	t := newTable("  TYPE", "STATUS", "REASON", "SINCE", "MESSAGE")
	t.paint = p.inv.painter()
	for _, c := range conditions {
		since := ""
		if c.Since != nil {
			since = age(p.inv.now().Sub(*c.Since))
		}
		t.rows = append(t.rows, []cell{{text: "  " + c.Type}, {c.Status, c.Tone}, {text: c.Reason}, {text: since}, {text: cut(c.Message, 160)}})
	}
	_ = t.print(p.w)
}

// section writes a part of the object as indented words.
func (p *describer) section(label string, value any) {
	if m, ok := value.(map[string]any); ok && len(m) > 0 {
		p.inv.say("%s:", label)
		p.tree(m, "  ")
	}
}

// status writes the status without the conditions, which stand above.
func (p *describer) status(value any) {
	status, ok := value.(map[string]any)
	if !ok {
		return
	}
	rest := make(map[string]any, len(status))
	for k, v := range status {
		if k != "conditions" {
			rest[k] = v
		}
	}
	p.section("Reported status", rest)
}

func (p *describer) tree(m map[string]any, indent string) {
	for _, key := range sortedKeys(m) {
		p.node(key, m[key], indent)
	}
}

func (p *describer) node(label string, value any, indent string) {
	switch v := value.(type) {
	case map[string]any:
		if len(v) == 0 {
			fmt.Fprintf(p.w, "%s%s: {}\n", indent, clean(label))
			return
		}
		fmt.Fprintf(p.w, "%s%s:\n", indent, clean(label))
		p.tree(v, indent+"  ")
	case []any:
		p.list(label, v, indent)
	default:
		fmt.Fprintf(p.w, "%s%s: %s\n", indent, clean(label), clean(cut(plainText(v), 400)))
	}
}

func (p *describer) list(label string, list []any, indent string) {
	plain := true
	for _, v := range list {
		switch v.(type) {
		case map[string]any, []any:
			plain = false
		}
	}
	if plain {
		fmt.Fprintf(p.w, "%s%s: %s\n", indent, clean(label), clean(cut(joinTexts(list, ", "), 400)))
		return
	}
	fmt.Fprintf(p.w, "%s%s:\n", indent, clean(label))
	for i, v := range list {
		name := fmt.Sprintf("- %d", i+1)
		if m, ok := v.(map[string]any); ok && plainText(m["name"]) != "" {
			name = "- " + plainText(m["name"])
		}
		p.node(name, v, indent+"  ")
	}
}

func (p *describer) events(events []resources.ObjectEvent) error {
	if len(events) == 0 {
		fmt.Fprintln(p.w, "Events:      none")
		return nil
	}
	fmt.Fprintln(p.w, "Events:")
	return eventTable(p.inv, events, "  ", false).print(p.w)
}

// eventTable lays out events, newest first.
func eventTable(inv *invocation, events []resources.ObjectEvent, indent string, objects bool) *table {
	t := newTable(indent+"LAST", "TYPE", "REASON", "COUNT")
	if objects {
		t.head = append(t.head, "OBJECT")
	}
	t.head = append(t.head, "MESSAGE")
	t.paint = inv.painter()
	for _, e := range events {
		tone := toneNeutral
		if e.Type == "Warning" {
			tone = "warning"
		}
		row := []cell{{text: indent + age(inv.now().Sub(e.Last))}, {e.Type, tone}, {text: e.Reason}, {text: fmt.Sprint(e.Count)}}
		if objects {
			row = append(row, cell{text: e.Object.Resource + "/" + e.Object.Name})
		}
		t.rows = append(t.rows, append(row, cell{text: e.Message}))
	}
	return t
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// cut shortens a text to n characters.
func cut(text string, n int) string {
	runes := []rune(text)
	if len(runes) <= n {
		return text
	}
	return string(runes[:n-1]) + "…"
}
