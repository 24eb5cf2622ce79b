package cli

import (
	"context"
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"kubemate.io/kubemate/internal/cli/client"
)

func (a *app) canCommand() *cobra.Command {
	quiet := false
	cmd, inv := a.command("can VERB KIND[/NAME] [--subresource S]", "Say whether you may do something", nil)
	subresource := ""
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := inv.connect(); err != nil {
			return err
		}
		return inv.can(cmd.Context(), args, subresource, quiet)
	}
	cmd.Aliases = []string{"can-i"}
	cmd.Long = cmd.Short + ". The exit code is 0 for yes and 4 for no."
	cmd.Example = "  kubemate can delete pods -n demo-bank\n  kubemate can get pod/teller-0 --subresource log"
	cmd.Args = atLeast(2, "a verb and a kind")
	inv.namespaced(cmd, true)
	cmd.Flags().StringVar(&subresource, "subresource", "", "log, exec, scale, …")
	cmd.Flags().BoolVarP(&quiet, "quiet", "q", false, "answer by the exit code only")
	return cmd
}

func (inv *invocation) can(ctx context.Context, args []string, subresource string, quiet bool) error {
	if len(args) > 2 {
		return usage("can takes a verb and a kind, or KIND/NAME")
	}
	resource, name, _ := strings.Cut(args[1], "/")
	question := client.Question{Verb: args[0], Resource: resource, Subresource: subresource, Name: name}
	// A resource that only RBAC knows (users.kubemate.io before its CRD) is asked as it stands.
	kind, err := inv.kind(ctx, resource)
	switch {
	case err == nil:
		question.Resource = kind.Resource
		if kind.Namespaced && !inv.allNamespaces {
			question.Namespace = inv.namespace
		}
	case ExitCode(err) == ExitNotFound:
		inv.remark("cluster %s serves no kind %q", inv.cluster, resource)
	default:
		return err
	}
	var answer client.Answers
	request := map[string]any{"questions": []client.Question{question}}
	if err := inv.client.Call(ctx, http.MethodPost, inv.clusterPath("can"), nil, request, &answer); err != nil {
		return err
	}
	allowed, reason := false, ""
	if len(answer.Answers) > 0 {
		allowed, reason = answer.Answers[0].Allowed, answer.Answers[0].Reason
	}
	if !quiet {
		word := "no"
		if allowed {
			word = "yes"
		}
		if reason != "" {
			word += " - " + clean(reason)
		}
		inv.say("%s", word)
	}
	if !allowed {
		return &quietError{code: ExitForbidden}
	}
	return nil
}
