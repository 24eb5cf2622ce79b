package cli

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"

	"github.com/spf13/cobra"

	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/feature/resources"
)

func (a *app) editCommand() *cobra.Command {
	dry := false
	cmd, inv := a.command("edit KIND NAME | KIND/NAME", "Change an object in an editor", func(ctx context.Context, inv *invocation, args []string) error {
		o, err := inv.oneObject(ctx, args, "")
		if err != nil {
			return err
		}
		return (&editing{inv: inv, object: o, dry: dry}).run(ctx)
	})
	cmd.Long = cmd.Short + ": $KUBEMATE_EDITOR, $VISUAL or $EDITOR, else vi.\n\nIf somebody else changed the object meanwhile, or the change is refused, your text is kept in a file."
	cmd.Args = atLeast(1, "an object")
	cmd.ValidArgsFunction = inv.completeObjects
	inv.namespaced(cmd, false)
	cmd.Flags().BoolVar(&dry, "dry-run", false, "check only")
	return cmd
}

// editing is one run of edit.
type editing struct {
	inv    *invocation
	object object
	dry    bool
	file   string
}

func (e *editing) run(ctx context.Context) error {
	original, err := e.inv.client.Text(ctx, e.object.path("yaml"), nil, "text/yaml")
	if err != nil {
		return err
	}
	if e.file, err = e.keep(original); err != nil {
		return err
	}
	shown := original
	for {
		text, err := e.open(ctx)
		if err != nil {
			return e.kept(err)
		}
		if text == shown {
			return e.unchanged(shown != original)
		}
		err = e.save(ctx, text)
		if err == nil {
			_ = os.Remove(e.file)
			return nil
		}
		kind := errs.KindOf(err)
		if kind != errs.Invalid && kind != errs.Unprocessable {
			return e.kept(err)
		}
		// Shown at the top of the text for the next try.
		shown = complaint(err) + withoutComplaint(text)
		if err := os.WriteFile(e.file, []byte(shown), 0o600); err != nil {
			return fmt.Errorf("write %s: %w", e.file, err)
		}
		if !e.inv.interactive() {
			return e.kept(err)
		}
	}
}

// keep writes the text to a file of its own.
func (e *editing) keep(text string) (string, error) {
	f, err := os.CreateTemp("", "kubemate-edit-"+strings.ReplaceAll(e.object.label(), "/", "-")+"-*.yaml")
	if err != nil {
		return "", fmt.Errorf("make a file to edit: %w", err)
	}
	_, err = f.WriteString(text)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return "", fmt.Errorf("write %s: %w", f.Name(), err)
	}
	return f.Name(), nil
}

// open lets the user edit the file.
func (e *editing) open(ctx context.Context) (string, error) {
	editor := firstOf(e.inv.env("KUBEMATE_EDITOR"), e.inv.env("VISUAL"), e.inv.env("EDITOR"), "vi")
	// An editor may be given with options, as a shell would read them.
	cmd := exec.CommandContext(ctx, "sh", "-c", editor+` "$1"`, "sh", e.file)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = e.inv.in, e.inv.out, e.inv.err
	if err := cmd.Run(); err != nil {
		return "", errs.New(errs.Internal, "the editor %q failed: %s", editor, err).WithHint("set EDITOR to one that is installed")
	}
	raw, err := os.ReadFile(e.file)
	if err != nil {
		return "", fmt.Errorf("read %s: %w", e.file, err)
	}
	return string(raw), nil
}

func (e *editing) save(ctx context.Context, text string) error {
	var result resources.EditResult
	request := resources.EditRequest{YAML: withoutComplaint(text), DryRun: e.dry}
	if err := e.inv.client.Call(ctx, http.MethodPut, e.object.path(), nil, request, &result); err != nil {
		return err
	}
	if !result.Changed {
		e.inv.did(e.object, "is as it was", result.Warnings)
		return nil
	}
	if err := e.inv.printDiff(e.object.label(), result.Before, result.After); err != nil {
		return err
	}
	e.inv.did(e.object, "changed"+dryWord(e.dry), result.Warnings)
	return nil
}

// unchanged ends the editing when the user saved nothing new.
func (e *editing) unchanged(refused bool) error {
	if refused {
		return e.kept(errs.New(errs.Unprocessable, "the change was refused, and not corrected"))
	}
	_ = os.Remove(e.file)
	e.inv.remark("nothing was changed")
	return nil
}

// kept says where the text is.
func (e *editing) kept(err error) error {
	e.inv.remark("your text is kept in %s", e.file)
	if errs.KindOf(err) == errs.Conflict {
		return errs.New(errs.Conflict, "%s was changed by somebody else meanwhile", e.object.label()).
			WithHint("run edit again and repeat your change; your text is in %s", e.file).Wrap(err)
	}
	return err
}

const complaintMark = "# kubemate: "

// complaint makes comment lines of an error.
func complaint(err error) string {
	var b strings.Builder
	b.WriteString(complaintMark + "the change was refused. Correct it, or leave without saving to give up.\n")
	var report strings.Builder
	Report(&report, err)
	for line := range strings.Lines(report.String()) {
		b.WriteString(complaintMark + strings.TrimRight(line, "\n") + "\n")
	}
	return b.String()
}

func withoutComplaint(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, complaintMark) {
			b.WriteString(line)
		}
	}
	return b.String()
}
