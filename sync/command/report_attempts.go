package command

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"makesync/spec"
	"makesync/sync/history"
	"makesync/sync/report"
)

func attemptFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{
			Name:  "journal",
			Usage: "`DIR` a folder with the journals of the shards, or with a state folder of each; goes with --run",
		},
		&cli.StringFlag{
			Name: "run",
			Usage: "unite the attempts of the job of this `NAME`, whose pods are NAME-0, NAME-1, …; " +
				"or those of a machine",
		},
	}
}

func readAttempts(c *cli.Context) (journal, run string, err error) {
	journal, run = c.String("journal"), c.String("run")
	if (journal == "") != (run == "") {
		return "", "", badUsage(c, "--journal and --run go together: where the journals are, and whose of them count")
	}
	return journal, run, nil
}

// uniteAttempts makes one part out of the attempts of each shard: the results that were given, and
// the journals of attempts that have left none.
func uniteAttempts(parts []partFile, o mergeOptions) ([]partFile, []spec.Problem) {
	if len(parts) > 0 && parts[0].Plan != nil {
		return lastPlans(parts), nil
	}
	runs, problems := journaled(o)
	type attempt struct {
		run   string
		shard spec.Shard
	}
	journals, told := map[attempt]*report.Run{}, map[attempt]bool{}
	for _, run := range runs {
		journals[attempt{run.Run, *run.Shard}] = run
	}
	attempts := map[spec.Shard][]report.Attempt{}
	for _, part := range parts {
		left := part.Report
		of := attempt{left.Run, *part.Shard()}
		if run := journals[of]; run != nil {
			left = left.Settled(run)
		}
		told[of] = true
		attempts[*part.Shard()] = append(attempts[*part.Shard()], report.Attempt{Report: left})
	}
	for _, run := range runs {
		if of := (attempt{run.Run, *run.Shard}); !told[of] {
			told[of] = true
			attempts[*run.Shard] = append(attempts[*run.Shard], report.AttemptOf(run))
		}
	}
	var united []partFile
	for shard, of := range attempts {
		if one := report.UniteAttempts(of); one != nil {
			one.Shard = &shard
			united = append(united, partFile{path: o.journal, ShardResult: report.ShardResult{Report: one}})
		}
	}
	return united, problems
}

// lastPlans are the plans of each shard's last attempt: one that was made again says all anew.
func lastPlans(parts []partFile) []partFile {
	last := map[spec.Shard]partFile{}
	for _, part := range parts {
		if first, has := last[*part.Shard()]; !has || first.Plan.Created.Before(part.Plan.Created) {
			last[*part.Shard()] = part
		}
	}
	return slices.Collect(maps.Values(last))
}

// journaled are the runs of shards of the job.
func journaled(o mergeOptions) (runs []*report.Run, problems []spec.Problem) {
	if _, err := os.ReadDir(o.journal); err != nil {
		return nil, []spec.Problem{*partProblem(o.journal, err.Error(), "name the journals' folder with --journal")}
	}
	var stores []*history.Store
	for _, folder := range journalFolders(o.journal) {
		stores = append(stores, history.Open(history.Options{Runs: folder}))
	}
	runs, err := history.Runs(stores, func(run *report.Run) bool {
		return run.Shard != nil && isOfJob(run.Host, o.run)
	})
	switch {
	case errors.Is(err, history.ErrTooMuch):
		problems = append(problems, *partProblem(o.journal, err.Error(),
			"leave only the journals of this run below the folder, or merge the results of its shards without "+
				"--journal and --run"))
	case err != nil:
		problems = append(problems, *partProblem(o.journal, err.Error(), "makesync must be able to read the journals"))
	}
	return runs, problems
}

// journalFolders are the folders of journals in a state folder, or in one of each shard.
func journalFolders(top string) []string {
	var folders []string
	for _, below := range []string{"", "makesync/runs", "*", "*/runs", "*/makesync/runs"} {
		found, _ := filepath.Glob(filepath.Join(escapeGlob(top), filepath.FromSlash(below), "*.jsonl"))
		for _, path := range found {
			folders = append(folders, filepath.Dir(path))
		}
	}
	slices.Sort(folders)
	return slices.Compact(folders)
}

// escapeGlob keeps a path from being a pattern.
func escapeGlob(path string) string {
	return strings.NewReplacer("*", `[*]`, "?", `[?]`, "[", `[[]`).Replace(path)
}

// podName is what follows the job's name in the name of a pod of an Indexed Job: the index, and
// five random characters where the host has the pod's name.
var podName = regexp.MustCompile(`^-[0-9]+(-[a-z0-9]{5})?$`)

// isOfJob tells whether a host is a pod of the job, or of that name itself.
func isOfJob(host, job string) bool {
	rest, is := strings.CutPrefix(host, job)
	return is && (rest == "" || podName.MatchString(rest))
}
