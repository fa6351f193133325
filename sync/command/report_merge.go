package command

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"makesync/spec"
	"makesync/spec/regular"
	"makesync/spec/text"
	"makesync/sync/exit"
	"makesync/sync/plan"
	"makesync/sync/render"
	"makesync/sync/report"
)

type mergeOptions struct {
	files    []string
	journal  string // --journal and --run, both or neither
	run      string
	result   resultOptions
	maxBytes int
}

var mergeFormats = []string{formatText, formatJSON, formatMarkdown}

const mergeDescription = "Reads the JSON that `apply` or `plan` wrote with --shard " +
	"(--out-json FILE, or --format json) and prints one result with one exit code, that of the whole run. " +
	"A folder stands for its *.json. " +
	"A shard that is missing or there twice, and plans among reports, end with 3. " +
	"With --run a shard may be there once for each attempt, and what the journals tell of attempts counts too: " +
	"the last outcome of each step."

func mergeCommand(r *runtimeEnv) *cli.Command {
	return &cli.Command{
		Name:        "merge",
		Usage:       "add up the reports, or the plans, of all shards of a run",
		ArgsUsage:   "FILES…",
		Description: mergeDescription,
		UsageText: "makesync report merge shards/\n" +
			"makesync report merge --format json shard-1.json shard-2.json\n" +
			"makesync report merge --journal /state --run makesync-apply-x7k2p /results",
		Flags: joined(attemptFlags(), resultFlags(resultFile("plan", "report"), mergeFormats...), detailFlags(),
			[]cli.Flag{maxBytesFlag()}, logFlags()),
		Action: r.action(arity{1, mostParts, "FILES…", expandFolders}, func(c *cli.Context) error {
			o, err := readMergeOptions(c, r.Env)
			if err != nil {
				return err
			}
			return runMerge(c.Context, r, o)
		}),
	}
}

func readMergeOptions(c *cli.Context, env Env) (o mergeOptions, err error) {
	o.files = c.Args().Slice()
	if o.journal, o.run, err = readAttempts(c); err != nil {
		return o, err
	}
	if o.maxBytes, err = readMaxBytes(c); err != nil {
		return o, err
	}
	o.result, err = readResultOptions(c, env, mergeFormats...)
	return o, err
}

// What a merge reads at most.
const (
	mostParts     = 50_000
	mostPartBytes = 64 << 20 // of one
	mostBytes     = 80e6     // of all
)

// runMerge reads all parts, tells every one that does not fit, and adds the others up.
func runMerge(ctx context.Context, r *runtimeEnv, o mergeOptions) error {
	parts, problems := readParts(o.files, o.run != "")
	if o.run != "" && len(problems) == 0 {
		parts, problems = uniteAttempts(parts, o)
	}
	var res result
	var code exit.Code
	if len(problems) == 0 {
		var err error
		if res, code, err = addUp(parts, o.maxBytes); err != nil {
			const hint = "give the files of all shards of one run, each once"
			problems = append(problems, mergeProblem("", err.Error(), hint))
		}
	}
	if len(problems) == 0 {
		if err := r.emit(res, o.result, r.render(o.result, "report")); err != nil {
			return err
		}
		return end(exit.Worst(code, exit.StopExit(ctx)))
	}
	failed := emptyReport(r, problems, exit.Invalid)
	if err := r.emitFailed(failed, problems, exit.Invalid, o.result, "report"); err != nil {
		return err
	}
	return end(exit.Invalid)
}

// partFile is a part with the file that it comes from.
type partFile struct {
	path string
	report.ShardResult
}

func (p partFile) kind() string {
	if p.Plan != nil {
		return "a plan"
	}
	return "a report"
}

// readParts reads the files, and says of each what keeps it out of a merge.
func readParts(paths []string, attempts bool) ([]partFile, []spec.Problem) {
	var parts []partFile
	var problems []spec.Problem
	seen := map[spec.Shard]string{}
	paths = expandFolders(paths)
	if problem := tooManyParts(paths); problem != nil {
		return nil, []spec.Problem{*problem}
	}
	for _, path := range paths {
		part, problem := readPart(path)
		if problem == nil && len(parts) > 0 && part.kind() != parts[0].kind() {
			first := parts[0]
			problem = partProblem(path, fmt.Sprintf("it is %s, and %s is %s", part.kind(), first.path, first.kind()),
				"merge either the plans or the reports of a run")
		}
		if problem == nil {
			if first, twice := seen[*part.Shard()]; twice && !attempts {
				problem = partProblem(path, fmt.Sprintf("shard %d of %d is there twice: also in %s",
					part.Shard().Index, part.Shard().Count, first),
					"give each shard once; with --run it may be there once for each attempt")
			}
		}
		if problem != nil {
			problems = append(problems, *problem)
			continue
		}
		seen[*part.Shard()] = path
		parts = append(parts, part)
	}
	return parts, problems
}

// expandFolders puts the *.json of a folder in its place: where there is no shell there is no
// pattern either.
func expandFolders(paths []string) []string {
	var files []string
	for _, path := range paths {
		entries, err := os.ReadDir(path)
		if err != nil { // a file, or nothing that can be read, which its reader says
			files = append(files, path)
			continue
		}
		for _, entry := range entries {
			if strings.HasSuffix(entry.Name(), ".json") && !strings.HasPrefix(entry.Name(), ".") {
				files = append(files, filepath.Join(path, entry.Name()))
			}
		}
	}
	return files
}

// tooManyParts looks at the sizes of all files before one is read.
func tooManyParts(paths []string) *spec.Problem {
	if len(paths) > mostParts {
		return partProblem("", text.Count(len(paths), "file", "files")+" are more than the "+text.Number(mostParts)+
			" that are merged at once", "give only those of the shards of one run")
	}
	var sum int64
	for _, path := range paths {
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && info.Size() <= mostPartBytes {
			sum += info.Size()
		}
	}
	if sum > mostBytes {
		return partProblem("", fmt.Sprintf("the files hold %d MB together, more than the %d MB that are merged at once",
			sum/1e6, mostBytes/int(1e6)), "look at them one at a time: `makesync show FILE`")
	}
	return nil
}

func readPart(path string) (partFile, *spec.Problem) {
	data, err := readLimited(path)
	if err != nil {
		return partFile{}, partProblem(path, err.Error(), "name the files that `--out-json` of every shard wrote")
	}
	part, err := report.DecodeShardResult(data)
	switch {
	case err != nil:
		return partFile{}, partProblem(path, err.Error(),
			"give the file as makesync wrote it: `makesync apply --shard I/N --out-json FILE`")
	case part.Shard() == nil:
		return partFile{}, partProblem(path, "it carries no shard, so it is no part of a divided run",
			"plan or apply with --shard I/N")
	}
	return partFile{path, part}, nil
}

func readLimited(path string) ([]byte, error) {
	data, err := regular.ReadText(path, mostPartBytes)
	if errors.Is(err, regular.ErrTooLarge) {
		err = fmt.Errorf("it is larger than %d MiB", mostPartBytes>>20)
	}
	return data, err
}

// addUp merges parts of one kind.
func addUp(parts []partFile, maxBytes int) (result, exit.Code, error) {
	var plans []*plan.Plan
	var reports []*report.Report
	for _, p := range parts {
		if p.Plan != nil {
			plans = append(plans, p.Plan)
		} else {
			reports = append(reports, p.Report)
		}
	}
	if len(plans) > 0 {
		whole, err := report.MergePlans(plans)
		if err != nil {
			return nil, exit.Code{}, err
		}
		return planResult{whole, maxBytes}, whole.Exit, nil
	}
	whole, err := report.MergeReports(reports)
	if err != nil {
		return nil, exit.Code{}, err
	}
	return reportResult{whole, maxBytes}, whole.Exit, nil
}

func partProblem(path, message, hint string) *spec.Problem {
	p := mergeProblem(path, message, hint)
	return &p
}

func mergeProblem(path, message, hint string) spec.Problem {
	p := spec.Problem{Severity: spec.Error, Rule: "merge", Message: render.Clean(message), Hint: hint}
	if path != "" {
		p.Source = &spec.Source{File: path}
	}
	return p
}
