package hostjournal

import (
	"context"
	"errors"
	"os/exec"
	"strings"
)

// undoIPTables removes from the table named by e.Name ("nat", "filter") every chain whose name begins with one of
// e.Patterns, and the rules that jump to them. With Before "absent" the table itself did not exist, and goes too if
// nothing is left in it. CNI's port mapping makes such chains and leaves them.
func undoIPTables(ctx context.Context, e Entry) error {
	for _, tool := range []string{"iptables", "ip6tables"} {
		if err := removeChains(ctx, tool, e); err != nil && !errors.Is(err, exec.ErrNotFound) {
			return err
		}
	}
	if e.Before != "absent" {
		return nil
	}
	for _, family := range []string{"ip", "ip6"} {
		if err := removeIfEmpty(ctx, family+" "+e.Name); err != nil && !errors.Is(err, exec.ErrNotFound) {
			return err
		}
	}
	return nil
}

func removeChains(ctx context.Context, tool string, e Entry) error {
	saved, err := run(ctx, tool+"-save", "-t", e.Name)
	if err != nil {
		if errors.Is(err, exec.ErrNotFound) {
			return err
		}
		return nil // the table isn't there, or the kernel has no such family
	}
	chains, jumps := ourChains(saved, e.Patterns)
	for _, rule := range jumps {
		if _, err := run(ctx, tool, append([]string{"-t", e.Name, "-D"}, rule...)...); err != nil {
			return err
		}
	}
	// Chains refer to each other: all are emptied before the first is deleted.
	for _, action := range []string{"-F", "-X"} {
		for _, chain := range chains {
			if _, err := run(ctx, tool, "-t", e.Name, action, chain); err != nil {
				return err
			}
		}
	}
	return nil
}

// ourChains finds in the output of iptables-save the chains with one of the prefixes, and the rules of other chains that
// jump to them, as arguments of -D.
func ourChains(saved string, prefixes []string) (chains []string, jumps [][]string) {
	ours := func(chain string) bool {
		for _, p := range prefixes {
			if strings.HasPrefix(chain, p) {
				return true
			}
		}
		return false
	}
	for line := range strings.Lines(saved) {
		line = strings.TrimSpace(line)
		if name, ok := strings.CutPrefix(line, ":"); ok {
			if chain, _, _ := strings.Cut(name, " "); ours(chain) {
				chains = append(chains, chain)
			}
			continue
		}
		rule, ok := strings.CutPrefix(line, "-A ")
		if !ok {
			continue
		}
		args := splitQuoted(rule)
		if len(args) == 0 || ours(args[0]) {
			continue
		}
		for i, arg := range args {
			if (arg == "-j" || arg == "-g") && i+1 < len(args) && ours(args[i+1]) {
				jumps = append(jumps, args)
				break
			}
		}
	}
	return chains, jumps
}

// splitQuoted splits at blanks; double quotes hold words together, as iptables-save writes comments.
func splitQuoted(s string) []string {
	var out []string
	var word strings.Builder
	quoted, begun := false, false
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '\\' && quoted && i+1 < len(s):
			i++
			word.WriteByte(s[i])
		case c == '"':
			quoted, begun = !quoted, true
		case c == ' ' && !quoted:
			if begun {
				out = append(out, word.String())
				word.Reset()
				begun = false
			}
		default:
			word.WriteByte(c)
			begun = true
		}
	}
	if begun {
		out = append(out, word.String())
	}
	return out
}

// removeIfEmpty deletes an nftables table of iptables' that has no rules and no chains but the built-in ones.
func removeIfEmpty(ctx context.Context, table string) error {
	exists, err := NFTableExists(ctx, table)
	if err != nil || !exists {
		return err
	}
	text, err := run(ctx, "nft", append([]string{"list", "table"}, strings.Fields(table)...)...)
	if err != nil {
		return err
	}
	if !emptyTable(text) {
		return nil
	}
	_, err = run(ctx, "nft", append([]string{"delete", "table"}, strings.Fields(table)...)...)
	return err
}

// emptyTable is true if the listing has only base chains that accept everything.
func emptyTable(listing string) bool {
	inChain := false
	for line := range strings.Lines(listing) {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || strings.HasPrefix(line, "#") || strings.HasPrefix(line, "table "):
		case strings.HasPrefix(line, "chain "):
			inChain = true
		case line == "}":
			inChain = false
		case inChain && strings.HasPrefix(line, "type ") && strings.HasSuffix(line, "policy accept;"):
		default:
			return false
		}
	}
	return true
}
