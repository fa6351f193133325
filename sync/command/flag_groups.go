package command

import (
	"slices"

	"github.com/urfave/cli/v2"
)

// flagGroups say what a flag is for, by its name, which means the same in every command: what a
// command is about, what keeps it from doing harm, what it prints and leaves, and how it reaches
// zones. Help pages show the flags in these groups, and a test finds what is in none of them.
var flagGroups = []struct {
	heading string
	names   []string
}{
	{"what", []string{
		"file", "zone", "organization", "target", "exclude", "shard", "reference-root", "skip-references",
		"changed-since", "since", "live", "base", "max-age", "history", "resume",
		"person", "where", "show", "sort", "with-billing", "billing",
		"profiles", "prune", "update", "all", "key",
		"from", "to", "map", "region", "workflow", "values", "hash-emails", "run",
		"organizations", "variables", "members", "seed", "state", "switch", "fault", "control", "licences", "man",
	}},
	{"safety", []string{
		"yes", "guards", "expect-organizations", "allow", "max-calls", "max-runtime", "allow-partial",
		"approvals", "approvers", "until", "journal", "no-journal", "lock-timeout", "held-exit", "checkout-file",
		"force", "forget",
	}},
	{"output", []string{
		"out", "exit-code", "show-unmanaged", "show-invoice-links", "max-bytes", "snapshot-out", "since-last", "format",
		"out-json", "color", "group", "verbose", "no-pager", "log-level", "log-format", "metrics-file", "notify",
		"notify-format", "notify-waiting",
	}},
	{"connection", []string{
		"zone-url", "sandbox", "timeout", "concurrency", "rate-share",
		"listen", "tls-cert", "tls-key",
	}},
}

// flagGroup is some flags of a command.
type flagGroup struct {
	heading string
	flags   []cli.Flag
}

// groupFlags puts the flags of a command into groups, each in the command's own order. Few of them
// stay together.
func groupFlags(flags []cli.Flag) []flagGroup {
	const few = 4
	if len(flags) <= few {
		return []flagGroup{{"flags", flags}}
	}
	var groups []flagGroup
	for _, row := range flagGroups {
		group := flagGroup{heading: row.heading}
		for _, f := range flags {
			if slices.Contains(row.names, f.Names()[0]) {
				group.flags = append(group.flags, f)
			}
		}
		groups = append(groups, group)
	}
	return groups
}
