package command

import (
	"os"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"makesync/sync/atomicfile"
)

// Every file that a command writes where a person says goes one way: its flag is made by
// newOutputFlag, its bytes are put into place by files.put. Before a command does anything,
// and again before a file is put into place, each output is held against what the run reads, which
// it never replaces, and against what stands in its place, which is replaced only when it is of the
// same kind. A test walks over all commands and finds whatever goes another way.

// fileKind is a kind of file that a command writes.
type fileKind struct {
	is    func(head string) bool // tells one by its beginning
	mode  os.FileMode
	exact atomicfile.Mode
	// folder: the files of the kind stand in a folder, which the flag names.
	folder bool
	// leaves: a file that is there is never replaced.
	leaves bool
	// dash: the name - is stdout.
	dash bool
	// renews: a file of the kind that the run reads is replaced all the same; a folder that is
	// there takes a file for each zone.
	renews bool
}

var (
	savedPlan = fileKind{is: jsonOf("plan"), mode: 0o600, exact: atomicfile.ExactMode}
	// node_exporter is another user
	metricsFile  = fileKind{is: beginsWith("# HELP makesync_"), mode: 0o644, exact: atomicfile.ExactMode}
	snapshotFile = fileKind{is: jsonOf("snapshot"), mode: 0o600, dash: true}
	// It replaces the one that --since reads, which is what it is for.
	baseSnapshot  = fileKind{is: jsonOf("snapshot"), mode: 0o600, exact: atomicfile.ExactMode, renews: true}
	checkoutPages = fileKind{is: beginsWith(checkoutHead), mode: 0o600, exact: atomicfile.ExactMode}
	documentFile  = fileKind{is: func(string) bool { return false }, mode: 0o644, folder: true} // see folder.write
	manualPage    = fileKind{is: beginsWith(".TH "), mode: 0o644, folder: true}
	// sandbox init leaves alone whatever is there, with words of its own.
	sandboxState = fileKind{is: func(string) bool { return true }, leaves: true}
)

// resultFile is the JSON of a command's result, and of a run of it that failed.
func resultFile(formats ...string) fileKind {
	return fileKind{is: jsonOf(append(formats, "problems")...), mode: 0o600}
}

func beginsWith(prefix string) func(string) bool {
	return func(head string) bool { return strings.HasPrefix(head, prefix) }
}

// jsonOf tells our own JSON documents by their first key.
func jsonOf(formats ...string) func(string) bool {
	return func(head string) bool {
		found := ownJSON.FindStringSubmatch(head)
		return found != nil && slices.Contains(formats, found[1])
	}
}

// newOutputFlag is a flag that names a file to write, or a folder of files.
func newOutputFlag(f cli.StringFlag, kind fileKind) cli.Flag {
	return pathFlag{&f, fileRole{writes: &kind}}
}

// newInputFlag and newInputsFlag are flags that name files to read, or folders of documents.
func newInputFlag(f cli.StringFlag) cli.Flag       { return pathFlag{&f, fileRole{reads: true}} }
func newInputsFlag(f cli.StringSliceFlag) cli.Flag { return pathsFlag{&f, fileRole{reads: true}} }

// fileRole says what a flag has to do with files: nothing, or it names some to read or to write.
type fileRole struct {
	reads  bool
	writes *fileKind
}

const forceUsage = "replace files that are there already and hold something else; " +
	"what the run reads is never replaced"

// addForce gives --force to every command that writes files.
func addForce(list []*cli.Command) {
	for _, c := range list {
		addForce(c.Subcommands)
		writes := slices.ContainsFunc(c.Flags, func(f cli.Flag) bool {
			named, ok := f.(pathFlag)
			return ok && named.writes != nil && !named.writes.leaves
		})
		if writes && findFlag(c.Flags, "force") == nil {
			c.Flags = append(c.Flags, &cli.BoolFlag{Name: "force", Usage: forceUsage})
		}
	}
}

// output is a file to write.
type output struct {
	flag, path string // --out; plan.json
	kind       fileKind
}

// outputOf is the output that a flag names; without a path when it is not given.
func outputOf(c *cli.Context, name string) output {
	out := output{flag: "--" + name, path: c.String(name)}
	if f, ok := findFlag(c.Command.Flags, name).(pathFlag); ok && f.writes != nil {
		out.kind = *f.writes
	}
	return out
}
