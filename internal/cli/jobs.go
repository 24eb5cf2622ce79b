package cli

import (
	"context"
	"fmt"
	"net/http"

	"github.com/spf13/cobra"

	"kubemate.io/kubemate/internal/cli/client"
	"kubemate.io/kubemate/internal/core/jobs"
	"kubemate.io/kubemate/internal/feature/resources"
)

func (a *app) jobsCommand() *cobra.Command {
	list, listInv := a.command("list", "List long-running work", func(ctx context.Context, inv *invocation, _ []string) error {
		var answer resources.JobList
		if err := inv.client.Call(ctx, http.MethodGet, "/jobs", nil, nil, &answer); err != nil {
			return err
		}
		if inv.output != "table" {
			return inv.printObject(answer.Jobs)
		}
		if len(answer.Jobs) == 0 {
			inv.remark("no jobs")
			return nil
		}
		t := newTable("ID", "TYPE", "OBJECT", "PHASE", "PROGRESS", "USER", "AGE")
		t.paint = inv.painter()
		for _, j := range answer.Jobs {
			t.rows = append(t.rows, []cell{
				{text: j.ID},
				{text: j.Type},
				{text: j.Ref.String()},
				{string(j.Phase), jobTone(j.Phase)},
				{text: fmt.Sprintf("%d/%d", j.Progress.Done, j.Progress.Total)},
				{text: j.User},
				{text: age(inv.now().Sub(j.Created))},
			})
		}
		return t.print(inv.out)
	})
	list.Args = noArgs
	listInv.printable(list, "table", "json", "yaml")
	get, getInv := a.command("get ID", "Show long-running work", func(ctx context.Context, inv *invocation, args []string) error {
		var job jobs.Job
		if err := inv.client.Call(ctx, http.MethodGet, client.Path("jobs", args[0]), nil, nil, &job); err != nil {
			return err
		}
		if inv.output != "text" {
			return inv.printObject(job)
		}
		return inv.printJob(&job)
	})
	get.Args = atLeast(1, "the id of a job")
	getInv.printable(get, "text", "json", "yaml")
	cancel, _ := a.command("cancel ID", "Stop long-running work", func(ctx context.Context, inv *invocation, args []string) error {
		var job jobs.Job
		if err := inv.client.Call(ctx, http.MethodPost, client.Path("jobs", args[0], "cancel"), nil, nil, &job); err != nil {
			return err
		}
		fmt.Fprintf(inv.out, "job %s is %s\n", job.ID, job.Phase)
		return nil
	})
	cancel.Args = atLeast(1, "the id of a job")
	return a.group("jobs", "See and stop long-running work, such as drains", list, get, cancel)
}

func jobTone(p jobs.Phase) string {
	switch p {
	case jobs.Succeeded:
		return "ok"
	case jobs.Failed:
		return "error"
	case jobs.Blocked:
		return "warning"
	case jobs.Running:
		return "progress"
	default:
		return toneNeutral
	}
}

func (inv *invocation) printJob(job *jobs.Job) error {
	p := &describer{inv: inv, w: inv.out}
	p.line("Job", job.ID)
	p.line("Type", job.Type)
	p.line("Object", job.Ref.String())
	p.line("Phase", string(job.Phase)+dryWord(job.DryRun))
	p.line("Message", job.Message)
	p.line("Progress", fmt.Sprintf("%d of %d", job.Progress.Done, job.Progress.Total))
	p.line("Started", age(inv.now().Sub(job.Created))+" ago by "+job.User)
	if len(job.Items) == 0 {
		return nil
	}
	t := newTable("ITEM", "PHASE", "MESSAGE")
	t.paint = inv.painter()
	for _, item := range job.Items {
		t.rows = append(t.rows, []cell{{text: item.Ref.String()}, {string(item.Phase), jobTone(item.Phase)}, {text: item.Message}})
	}
	return t.print(inv.out)
}
