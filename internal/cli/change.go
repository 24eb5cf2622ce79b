package cli

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/feature/resources"
)

// each does one thing to several objects; all are tried, the first error is returned.
func (inv *invocation) each(objects []object, do func(object) error) error {
	var first error
	for _, o := range objects {
		err := do(o)
		if err == nil {
			continue
		}
		if first == nil {
			first = err
		} else {
			Report(inv.err, err)
		}
	}
	return first
}

// did tells what was done to an object, and the cluster's warnings.
func (inv *invocation) did(o object, what string, warnings []string) {
	for _, w := range warnings {
		inv.remark("warning: %s", clean(w))
	}
	inv.say("%s %s", o.label(), what)
}

func dryWord(dry bool) string {
	if dry {
		return " (checked, not done)"
	}
	return ""
}

func (a *app) scaleCommand() *cobra.Command {
	replicas, dry := int32(-1), false
	cmd, inv := a.command("scale KIND/NAME … --replicas N", "Set the number of pods of a workload", func(ctx context.Context, inv *invocation, args []string) error {
		if replicas < 0 {
			return usage("how many? Give --replicas N")
		}
		objects, err := inv.namedObjects(ctx, args, "")
		if err != nil {
			return err
		}
		return inv.each(objects, func(o object) error {
			var result resources.ScaleResult
			if err := inv.client.Call(ctx, http.MethodPost, o.path("scale"), nil, resources.ScaleRequest{Replicas: replicas, DryRun: dry}, &result); err != nil {
				return err
			}
			inv.did(o, fmt.Sprintf("scaled from %d to %d%s", result.Before, result.Replicas, dryWord(dry)), result.Warnings)
			return nil
		})
	})
	cmd.Args = atLeast(1, "a workload")
	cmd.ValidArgsFunction = inv.completeObjects
	inv.namespaced(cmd, false)
	cmd.Flags().Int32Var(&replicas, "replicas", -1, "number of pods")
	cmd.Flags().BoolVar(&dry, "dry-run", false, "check only")
	return cmd
}

func (a *app) restartCommand() *cobra.Command {
	return a.actionCommand("restart KIND/NAME …", "Replace the pods of a workload, step by step", "restart", "")
}

func (a *app) cordonCommand() *cobra.Command {
	return a.actionCommand("cordon NODE …", "Put no new pods on a node", "cordon", "nodes")
}

func (a *app) uncordonCommand() *cobra.Command {
	return a.actionCommand("uncordon NODE …", "Let a node take new pods again", "uncordon", "nodes")
}

// actionCommand makes a command of an action without parameters. fallback is the kind of
// arguments without one.
func (a *app) actionCommand(use, short, action, fallback string) *cobra.Command {
	cmd, inv := a.command(use, short, func(ctx context.Context, inv *invocation, args []string) error {
		objects, err := inv.actionObjects(ctx, args, fallback)
		if err != nil {
			return err
		}
		return inv.each(objects, func(o object) error {
			var result resources.ActionResult
			if err := inv.client.Call(ctx, http.MethodPost, o.path(action), nil, nil, &result); err != nil {
				return err
			}
			inv.did(o, firstOf(result.Message, action), result.Warnings)
			return nil
		})
	})
	cmd.Args = atLeast(1, "an object")
	cmd.ValidArgsFunction = inv.completeObjects
	if fallback == "nodes" {
		cmd.ValidArgsFunction = inv.completeNodes
	} else {
		inv.namespaced(cmd, false)
	}
	return cmd
}

// actionObjects reads objects; with a fallback, every word without a slash is one of its names.
func (inv *invocation) actionObjects(ctx context.Context, args []string, fallback string) ([]object, error) {
	if fallback == "" || strings.Contains(args[0], "/") {
		return inv.namedObjects(ctx, args, "")
	}
	items := make([]item, len(args))
	for i, name := range args {
		items[i] = item{kind: fallback, name: name}
	}
	return inv.objects(ctx, items)
}

// deletion is what delete is asked for.
type deletion struct {
	propagation string
	grace       int64
	dry, wait   bool
	files       []string
	selector    string
}

func (a *app) deleteCommand() *cobra.Command {
	d := &deletion{}
	cmd, inv := a.command("delete KIND NAME … | KIND/NAME … | KIND -l SELECTOR | -f FILE", "Delete objects", func(ctx context.Context, inv *invocation, args []string) error {
		return d.run(ctx, inv, args)
	})
	cmd.ValidArgsFunction = inv.completeObjects
	inv.namespaced(cmd, false)
	f := cmd.Flags()
	f.StringVar(&d.propagation, "cascade", "background", "what it owns: background, foreground (gone before it), orphan (kept)")
	f.Int64Var(&d.grace, "grace-period", -1, "seconds to end in (-1 = the object's own)")
	f.BoolVar(&d.dry, "dry-run", false, "check only")
	f.BoolVar(&d.wait, "wait", true, "wait until it is gone")
	f.StringArrayVarP(&d.files, "file", "f", nil, "delete the objects that a file, folder or - names")
	f.StringVarP(&d.selector, "selector", "l", "", "delete the objects with these labels")
	return cmd
}

func (d *deletion) run(ctx context.Context, inv *invocation, args []string) error {
	propagation := map[string]string{"background": "Background", "foreground": "Foreground", "orphan": "Orphan"}[strings.ToLower(d.propagation)]
	if propagation == "" {
		return usage("--cascade is background, foreground or orphan")
	}
	objects, err := d.objects(ctx, inv, args)
	if err != nil {
		return err
	}
	q := url.Values{"propagation": {propagation}}
	if d.grace >= 0 {
		q.Set("gracePeriodSeconds", strconv.FormatInt(d.grace, 10))
	}
	if d.dry {
		q.Set("dryRun", "true")
	}
	return inv.each(objects, func(o object) error {
		var result resources.DeleteResult
		if err := inv.client.Call(ctx, http.MethodDelete, o.path(), q, nil, &result); err != nil {
			return err
		}
		if result.Phase == "deleting" && d.wait && !d.dry {
			if err := inv.awaitGone(ctx, o, result.Finalizers); err != nil {
				return err
			}
			result.Phase = "deleted"
		}
		word := map[string]string{"deleted": "deleted", "deleting": "is being deleted", "checked": "can be deleted"}[result.Phase]
		inv.did(o, firstOf(word, result.Phase)+dryWord(d.dry), nil)
		return nil
	})
}

// objects finds what to delete: by name, by labels, or by files.
func (d *deletion) objects(ctx context.Context, inv *invocation, args []string) ([]object, error) {
	switch {
	case len(d.files) > 0:
		if len(args) > 0 || d.selector != "" {
			return nil, usage("-f stands alone")
		}
		return inv.objectsOfFiles(ctx, d.files)
	case len(args) == 0:
		return nil, usage("delete needs objects; see: kubemate delete --help")
	case d.selector != "":
		items, err := parseItems(args)
		if err != nil {
			return nil, err
		}
		return inv.selected(ctx, items, d.selector)
	default:
		return inv.namedObjects(ctx, args, "")
	}
}

func (inv *invocation) selected(ctx context.Context, items []item, selector string) ([]object, error) {
	kinds, err := inv.objects(ctx, items)
	if err != nil {
		return nil, err
	}
	var found []object
	for _, o := range kinds {
		if o.ref.Name != "" {
			return nil, usage("-l and names cannot stand together")
		}
		page, err := (&listing{selector: selector}).fetch(ctx, inv, []object{o})
		if err != nil {
			return nil, err
		}
		found = append(found, rowObjects(o.kind, inv.cluster, page)...)
	}
	if len(found) == 0 {
		return nil, errs.New(errs.NotFound, "nothing has the labels %s", selector)
	}
	return found, nil
}

// awaitGone waits until an object is deleted.
func (inv *invocation) awaitGone(ctx context.Context, o object, finalizers []string) error {
	if len(finalizers) > 0 {
		inv.remark("%s waits for: %s", o.label(), strings.Join(finalizers, ", "))
	}
	for {
		if _, err := inv.detail(ctx, o); err != nil {
			if errs.KindOf(err) == errs.NotFound {
				return nil
			}
			return err
		}
		if err := pause(ctx, time.Second); err != nil {
			return err
		}
	}
}

// pause waits, or ends with ctx.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
