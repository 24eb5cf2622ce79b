package cli

import (
	"context"
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/httpapi"
	"kubemate.io/kubemate/internal/feature/resources"
)

// application is what apply and create are asked for.
type application struct {
	mode             string
	files            []string
	dry, diff, force bool
}

func (a *app) applyCommand() *cobra.Command {
	p := &application{mode: "apply"}
	cmd, inv := a.command("apply -f FILE", "Make objects as files say: create them or change them", func(ctx context.Context, inv *invocation, _ []string) error {
		return p.run(ctx, inv)
	})
	cmd.Example = "  kubemate apply -f app.yaml --dry-run --diff\n  kubemate apply -f deploy/ -n demo-bank\n  cat app.yaml | kubemate apply -f -"
	p.flags(cmd, inv)
	cmd.Flags().BoolVar(&p.diff, "diff", false, "show what changes; with --dry-run nothing is changed")
	cmd.Flags().BoolVar(&p.force, "force", false, "take over fields that another manager owns")
	return cmd
}

func (a *app) createCommand() *cobra.Command {
	p := &application{mode: "create"}
	cmd, inv := a.command("create -f FILE", "Create objects from files; fails when one exists", func(ctx context.Context, inv *invocation, _ []string) error {
		return p.run(ctx, inv)
	})
	p.flags(cmd, inv)
	return cmd
}

func (p *application) flags(cmd *cobra.Command, inv *invocation) {
	cmd.Args = noArgs
	cmd.Long = cmd.Short + ".\n\nAll objects are checked by the cluster before the first is written."
	inv.namespaced(cmd, false)
	inv.printable(cmd, "text", "json", "yaml")
	cmd.Flags().StringArrayVarP(&p.files, "file", "f", nil, "file, folder (its *.yaml, *.yml, *.json), or - for standard input; repeat for more")
	cmd.Flags().BoolVar(&p.dry, "dry-run", false, "check only")
}

func (p *application) run(ctx context.Context, inv *invocation) error {
	text, err := inv.readManifests(p.files)
	if err != nil {
		return err
	}
	request := resources.ApplyRequest{YAML: text.yaml, Namespace: inv.namespace, DryRun: p.dry, Mode: p.mode, Force: p.force}
	var answer resources.ApplyResults
	if err := inv.client.Call(ctx, http.MethodPost, inv.clusterPath("objects"), nil, request, &answer); err != nil {
		return err
	}
	if inv.output != "text" {
		if err := inv.printObject(answer); err != nil {
			return err
		}
	} else if err := p.print(inv, text, &answer); err != nil {
		return err
	}
	if answer.Failed > 0 {
		return p.failure(&answer)
	}
	return nil
}

// print tells what became of each object.
func (p *application) print(inv *invocation, text *manifests, answer *resources.ApplyResults) error {
	for _, r := range answer.Results {
		for _, w := range r.Warnings {
			inv.remark("warning: %s: %s", text.where(r.Line), clean(w))
		}
		label := applyLabel(r)
		if p.diff {
			if err := inv.printDiff(label, r.Before, r.After); err != nil {
				return err
			}
		}
		if r.Problem != nil {
			inv.remark("%s: %s: %s", text.where(r.Line), label, clean(problemLine(r.Problem)))
			continue
		}
		inv.say("%s %s%s", label, r.Action, dryWord(p.dry && r.Action != "unchanged"))
	}
	return nil
}

func applyLabel(r resources.ApplyResult) string {
	kind, _, _ := strings.Cut(r.Ref.Resource, ".")
	if r.Kind != "" {
		kind = strings.ToLower(r.Kind)
	}
	if r.Ref.Namespace != "" {
		return kind + "/" + r.Ref.Name + " in " + r.Ref.Namespace
	}
	return kind + "/" + r.Ref.Name
}

func problemLine(p *httpapi.Problem) string {
	line := firstOf(p.Detail, p.Title)
	for _, f := range p.Fields {
		if !strings.Contains(line, f.Message) {
			line += "; " + f.Path + ": " + f.Message
		}
	}
	if p.Hint != "" {
		line = strings.TrimSuffix(line, ".") + "; " + p.Hint
	}
	return line
}

// failure is the one error of several refused objects; its kind is that of the first.
func (p *application) failure(answer *resources.ApplyResults) error {
	kind := errs.Unprocessable
	for _, r := range answer.Results {
		if r.Problem != nil {
			kind = errs.Kind(r.Problem.Code)
			break
		}
	}
	return errs.New(kind, "%d of %d objects were refused", answer.Failed, len(answer.Results)).
		WithHint("if the check refused one, none was written")
}
