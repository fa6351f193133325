package command

import (
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"makesync/spec"
	"makesync/spec/text"
)

// scopeOptions restrict a run to some objects.
type scopeOptions struct {
	target, exclude []spec.Glob
	only            map[string]map[spec.Address]bool // of a resumed run, see spec.Scope
	showUnmanaged   bool
}

func scopeFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringSliceFlag{
			Name:  "target",
			Usage: "only addresses that fit the `GLOB`: acme, 'acme/variable/*', '**/member/*'; repeatable",
		},
		&cli.StringSliceFlag{Name: "exclude", Usage: "leave out addresses that fit the `GLOB`; repeatable"},
	}
}

func showUnmanagedFlag() cli.Flag {
	return &cli.BoolFlag{Name: "show-unmanaged", Usage: "list by name what no document speaks of"}
}

func readScopeOptions(c *cli.Context) (o scopeOptions, err error) {
	if o.target, err = readGlobs(c, "target"); err != nil {
		return o, err
	}
	o.showUnmanaged = c.Bool("show-unmanaged")
	o.exclude, err = readGlobs(c, "exclude")
	return o, err
}

func shardFlag() cli.Flag {
	return &cli.StringFlag{
		Name:  "shard",
		Usage: "only part `I/N` of the organizations, I from 1; auto/N takes I from JOB_COMPLETION_INDEX",
	}
}

// jobIndex is the variable of an Indexed Job that holds the pod's index, from 0.
const jobIndex = "JOB_COMPLETION_INDEX"

const autoShardForm = "--shard %s takes its index from " + jobIndex +
	", which Kubernetes sets in the pods of an Indexed Job, and that is %s"

// readShard reads --shard I/N, or auto/N with the index that Kubernetes gives an indexed job, from
// 0. nil means all.
func readShard(c *cli.Context, env Env) (*spec.Shard, error) {
	value := c.String("shard")
	if value == "" {
		return nil, nil
	}
	if count, auto := strings.CutPrefix(value, "auto/"); auto {
		given := env.lookup(jobIndex)
		index, err := strconv.Atoi(given)
		if err != nil {
			return nil, badUsage(c, autoShardForm, text.ShellQuote(value), quotedOrUnset(given))
		}
		value = strconv.Itoa(index+1) + "/" + count
	}
	shard, err := spec.ParseShard(value)
	if err != nil {
		return nil, badUsage(c, "--shard: %s", err)
	}
	return &shard, nil
}

func quotedOrUnset(value string) string {
	if value == "" {
		return "not set"
	}
	return text.ShellQuote(value)
}

// in is what a run may look at; zone restricts it to one, "" to none.
func (o scopeOptions) in(zone string) spec.Scope {
	return spec.Scope{Zone: zone, Targets: o.target, Excludes: o.exclude, Only: o.only}
}
