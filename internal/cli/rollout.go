package cli

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/feature/resources"
)

func (a *app) rolloutCommand() *cobra.Command {
	return a.group("rollout", "Follow, undo, pause and resume the roll-out of a workload",
		a.rolloutStatusCommand(), a.rolloutHistoryCommand(), a.rolloutUndoCommand(),
		a.actionCommand("pause KIND/NAME …", "Hold changes back (CronJobs and Jobs: suspend)", "pause", ""),
		a.actionCommand("resume KIND/NAME …", "Let changes go on", "resume", ""),
		a.restartCommand())
}

// rollout reads where a roll-out stands.
func (inv *invocation) rollout(ctx context.Context, o object) (*resources.Rollout, error) {
	var r resources.Rollout
	if err := inv.client.Call(ctx, http.MethodGet, o.path("rollout"), nil, nil, &r); err != nil {
		return nil, err
	}
	return &r, nil
}

func (a *app) rolloutStatusCommand() *cobra.Command {
	watch, timeout := true, time.Duration(0)
	cmd, inv := a.command("status KIND/NAME", "Wait until a roll-out is complete, and tell how it goes", func(ctx context.Context, inv *invocation, args []string) error {
		o, err := inv.oneObject(ctx, args, "deployments.apps")
		if err != nil {
			return err
		}
		if timeout > 0 {
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeoutCause(ctx, timeout, errs.New(errs.Timeout, "%s is not complete after %s", o.label(), timeout).
				WithHint("see why with: kubemate why %s", o.label()))
			defer cancel()
		}
		err = inv.awaitRollout(ctx, o, watch)
		if ctx.Err() != nil && context.Cause(ctx) != context.Canceled { //nolint:errorlint // the cause itself
			return context.Cause(ctx)
		}
		return err
	})
	cmd.Args = atLeast(1, "a workload")
	cmd.ValidArgsFunction = inv.completeObjects
	inv.namespaced(cmd, false)
	inv.printable(cmd, "text", "json", "yaml")
	cmd.Flags().BoolVarP(&watch, "watch", "w", true, "wait for the end; -w=false tells the state and returns")
	cmd.Flags().DurationVar(&timeout, "timeout", 0, "wait so long at most (0 = no limit)")
	return cmd
}

func (inv *invocation) awaitRollout(ctx context.Context, o object, watch bool) error {
	said := ""
	for {
		r, err := inv.rollout(ctx, o)
		if err != nil {
			return err
		}
		if inv.output != "text" && (!watch || r.Status.Phase != "progressing") {
			if err := inv.printObject(r.Status); err != nil {
				return err
			}
		} else if inv.output == "text" && r.Status.Message != said {
			said = r.Status.Message
			s := r.Status
			fmt.Fprintf(inv.out, "%s: %s (%d of %d updated, %d ready, %d available)\n", o.label(), clean(said), s.Updated, s.Desired, s.Ready, s.Available)
		}
		switch {
		case r.Status.Phase == "failed":
			return errs.New(errs.Unprocessable, "%s failed to roll out: %s", o.label(), r.Status.Message).
				WithHint("see why with: kubemate why %s, or go back with: kubemate rollout undo %s", o.label(), o.label())
		case !watch || r.Status.Phase == "complete":
			return nil
		case r.Status.Phase == "paused":
			return errs.New(errs.Unprocessable, "%s is paused", o.label()).WithHint("let it go on with: kubemate rollout resume %s", o.label())
		}
		if err := pause(ctx, time.Second); err != nil {
			return err
		}
	}
}

func (a *app) rolloutHistoryCommand() *cobra.Command {
	revision := int64(0)
	cmd, inv := a.command("history KIND/NAME", "Show the revisions of a workload", func(ctx context.Context, inv *invocation, args []string) error {
		o, err := inv.oneObject(ctx, args, "deployments.apps")
		if err != nil {
			return err
		}
		r, err := inv.rollout(ctx, o)
		if err != nil {
			return err
		}
		if revision > 0 {
			return inv.printRevision(o, r, revision)
		}
		if inv.output != "table" {
			return inv.printObject(r.Revisions)
		}
		t := newTable("REVISION", "CURRENT", "AGE", "IMAGES", "CAUSE")
		for _, v := range r.Revisions {
			current := ""
			if v.Current {
				current = "*"
			}
			t.row(fmt.Sprint(v.Revision), current, age(inv.now().Sub(v.Created)), strings.Join(v.Images, ", "), v.Cause)
		}
		return t.print(inv.out)
	})
	cmd.Args = atLeast(1, "a workload")
	cmd.ValidArgsFunction = inv.completeObjects
	inv.namespaced(cmd, false)
	inv.printable(cmd, "table", "json", "yaml")
	cmd.Flags().Int64Var(&revision, "revision", 0, "show the pod template of this revision")
	return cmd
}

func (inv *invocation) printRevision(o object, r *resources.Rollout, revision int64) error {
	for _, v := range r.Revisions {
		if v.Revision == revision {
			_, err := fmt.Fprintln(inv.out, strings.TrimRight(v.Template, "\n"))
			return err
		}
	}
	return errs.New(errs.NotFound, "%s has no revision %d", o.label(), revision).WithHint("see: kubemate rollout history %s", o.label())
}

func (a *app) rolloutUndoCommand() *cobra.Command {
	request := resources.UndoRequest{}
	cmd, inv := a.command("undo KIND/NAME", "Go back to an earlier revision", func(ctx context.Context, inv *invocation, args []string) error {
		o, err := inv.oneObject(ctx, args, "deployments.apps")
		if err != nil {
			return err
		}
		var result resources.UndoResult
		if err := inv.client.Call(ctx, http.MethodPost, o.path("rollout", "undo"), nil, request, &result); err != nil {
			return err
		}
		if request.DryRun {
			if err := inv.printDiff(o.label(), result.Before, result.After); err != nil {
				return err
			}
		}
		what := fmt.Sprintf("went back to revision %d", result.Revision)
		if !result.Changed {
			what = fmt.Sprintf("is at revision %d already", result.Revision)
		}
		inv.did(o, what+dryWord(request.DryRun), result.Warnings)
		return nil
	})
	cmd.Args = atLeast(1, "a workload")
	cmd.ValidArgsFunction = inv.completeObjects
	inv.namespaced(cmd, false)
	cmd.Flags().Int64Var(&request.ToRevision, "to-revision", 0, "revision to go back to (0 = the one before)")
	cmd.Flags().BoolVar(&request.DryRun, "dry-run", false, "show what would change")
	return cmd
}
