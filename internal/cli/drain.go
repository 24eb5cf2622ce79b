package cli

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"time"

	"github.com/spf13/cobra"

	"kubemate.io/kubemate/internal/cli/client"
	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/jobs"
	"kubemate.io/kubemate/internal/feature/resources"
)

func (a *app) drainCommand() *cobra.Command {
	request := resources.DrainRequest{}
	grace, timeout, detach := int64(-1), time.Duration(0), false
	cmd, inv := a.command("drain NODE", "Move all pods off a node, respecting disruption budgets", func(ctx context.Context, inv *invocation, args []string) error {
		objects, err := inv.actionObjects(ctx, args[:1], "nodes")
		if err != nil {
			return err
		}
		if len(args) > 1 {
			return usage("drain one node at a time")
		}
		if grace >= 0 {
			request.GracePeriodSeconds = &grace
		}
		request.TimeoutSeconds = int64(timeout.Seconds())
		var job jobs.Job
		if err := inv.client.Call(ctx, http.MethodPost, objects[0].path("drain"), nil, request, &job); err != nil {
			return err
		}
		if detach {
			fmt.Fprintf(inv.out, "%s is being drained by job %s; see: kubemate jobs get %s\n", objects[0].label(), job.ID, job.ID)
			return nil
		}
		return (&jobFollower{inv: inv, said: map[string]string{}}).follow(ctx, &job)
	})
	cmd.Args = atLeast(1, "a node")
	cmd.ValidArgsFunction = inv.completeNodes
	f := cmd.Flags()
	f.BoolVar(&request.IgnoreDaemonSets, "ignore-daemonsets", false, "leave pods of DaemonSets where they are")
	f.BoolVar(&request.DeleteEmptyDirData, "delete-emptydir-data", false, "evict pods although their emptyDir data is lost")
	f.BoolVar(&request.Force, "force", false, "evict pods that no controller would make again")
	f.BoolVar(&request.DryRun, "dry-run", false, "say what would happen")
	f.Int64Var(&grace, "grace-period", -1, "seconds for each pod to end in (-1 = its own)")
	f.DurationVar(&timeout, "timeout", 0, "give up after so long (0 = one hour)")
	f.BoolVar(&detach, "detach", false, "start it and return")
	return cmd
}

// jobFollower shows the progress of a job.
type jobFollower struct {
	inv  *invocation
	said map[string]string // item → phase and message told last
}

// follow tells each step until the job is over. Ctrl-C asks whether to cancel the job.
func (f *jobFollower) follow(ctx context.Context, job *jobs.Job) error {
	id := job.ID
	f.tell(job)
	// The job lives in the server: interrupting this program alone would not end it.
	watching, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)
	defer signal.Stop(interrupts)
	updates := make(chan *jobs.Job)
	go f.poll(watching, id, updates)
	cancelled := ctx.Done()
	for {
		select {
		case job, ok := <-updates:
			if !ok {
				return errs.New(errs.Unavailable, "job %s cannot be watched any more", id).WithHint("it goes on; see: kubemate jobs get %s", id)
			}
			f.tell(job)
			if job.Phase.Finished() {
				return f.over(job)
			}
		case <-interrupts:
			cancelled = nil // the same Ctrl-C ends ctx
			if err := f.interrupted(watching, id); err != nil {
				return err
			}
		case <-cancelled:
			cancelled = nil
			select { // the same Ctrl-C may arrive here too
			case <-interrupts:
			case <-time.After(50 * time.Millisecond):
			}
			if err := f.interrupted(watching, id); err != nil {
				return err
			}
		}
	}
}

// poll reads the job until it is over, and bears a server that is away for a while.
func (f *jobFollower) poll(ctx context.Context, id string, updates chan<- *jobs.Job) {
	defer close(updates)
	for failures := 0; failures < 30; {
		var job jobs.Job
		err := f.inv.client.Call(ctx, http.MethodGet, client.Path("jobs", id), nil, nil, &job)
		switch {
		case err == nil:
			failures = 0
			select {
			case updates <- &job:
			case <-ctx.Done():
				return
			}
			if job.Phase.Finished() {
				return
			}
		case ExitCode(err) == ExitUnreachable:
			failures++
		default:
			return
		}
		if pause(ctx, time.Second) != nil {
			return
		}
	}
}

// tell prints what is new.
func (f *jobFollower) tell(job *jobs.Job) {
	for _, item := range job.Items {
		key := item.Ref.String()
		now := string(item.Phase) + " " + item.Message
		if f.said[key] == now || item.Phase == jobs.Pending {
			continue
		}
		f.said[key] = now
		text := item.Message
		if text != "" {
			text = ": " + text
		}
		fmt.Fprintf(f.inv.out, "[%d/%d] %s %s%s\n", job.Progress.Done, job.Progress.Total, clean(key), item.Phase, clean(text))
	}
}

// over tells how the job ended.
func (f *jobFollower) over(job *jobs.Job) error {
	name := job.Type + " of " + job.Ref.Name
	switch job.Phase {
	case jobs.Succeeded:
		fmt.Fprintf(f.inv.out, "%s done%s\n", name, dryWord(job.DryRun))
		return nil
	case jobs.Cancelled:
		return errs.New(errs.Unprocessable, "%s was cancelled after %d of %d pods", name, job.Progress.Done, job.Progress.Total).
			WithHint("the node stays cordoned; let it take pods again with: kubemate uncordon %s", job.Ref.Name)
	default:
		return errs.New(errs.Unprocessable, "%s failed: %s", name, job.Message).WithHint("see: kubemate jobs get %s", job.ID)
	}
}

// interrupted asks what Ctrl-C is to mean.
func (f *jobFollower) interrupted(ctx context.Context, id string) error {
	answer := "l"
	if f.inv.interactive() {
		f.inv.remark("\nthe drain goes on in the server: [c]ancel it, [l]eave it running, or [g]o on watching?")
		line, err := readLine(f.inv.in)
		if err == nil && line != "" {
			answer = line[:1]
		}
	}
	switch answer {
	case "c", "C":
		var job jobs.Job
		return f.inv.client.Call(ctx, http.MethodPost, client.Path("jobs", id, "cancel"), nil, nil, &job)
	case "g", "G":
		return nil
	default:
		f.inv.remark("job %s goes on; see: kubemate jobs get %s, or end it with: kubemate jobs cancel %s", id, id, id)
		return context.Canceled
	}
}
