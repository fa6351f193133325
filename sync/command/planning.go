package command

import (
	"context"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/exit"
	"makesync/sync/history"
	"makesync/sync/plan"
	"makesync/sync/planner"
)

// errInvalid: the documents hold errors, and the problems say which.
var errInvalid = errors.New("the documents are not valid")

// errHeld: the plan is past --max-calls, and the problems say so.
var errHeld = errors.New("the plan takes too many calls")

// made is a plan with what it was made from, still connected.
type made struct {
	plan     *plan.Plan
	desired  *spec.Desired
	guards   *spec.Guards
	zones    *zones
	problems []spec.Problem
	fetched  time.Time
	// against says what the plan compares with when it is no live zone.
	against string
}

func (m made) close(r *runtimeEnv) {
	if m.zones == nil {
		return
	}
	if err := m.zones.close(); err != nil {
		r.log.Warn("close the zones", "error", err)
	}
}

// makePlan loads, connects, reads and plans. With an error the problems say what the documents have
// to do with it; without one the caller closes what was made.
func (r *runtimeEnv) makePlan(ctx context.Context, o planOptions, may access) (made, error) {
	m, err := r.connect(o, may)
	if err != nil {
		return m, err
	}
	if err := r.planInto(ctx, &m, o); err != nil {
		m.close(r)
		return m, err
	}
	return m, nil
}

// connect loads the documents and connects their zones.
func (r *runtimeEnv) connect(o planOptions, may access) (made, error) {
	found := r.load(o.documents, o.zones.urls, online)
	m := made{desired: found.desired, problems: found.problems}
	if spec.HasErrors(found.problems) {
		return m, errInvalid
	}
	m.guards = &found.desired.Guards
	var err error
	m.zones, err = r.openZones(found.endpoints, o.zones, may)
	return m, err
}

// planInto reads the zones and makes the plan.
func (r *runtimeEnv) planInto(ctx context.Context, m *made, o planOptions) error {
	return r.planWith(ctx, m, o, planner.Make)
}

// planning makes a plan: out of documents, or out of the story of a run.
type planning func(context.Context, planner.Request) (*plan.Plan, error)

func (r *runtimeEnv) planWith(ctx context.Context, m *made, o planOptions, plan planning) error {
	salt := make([]byte, saltSize)
	if _, err := io.ReadFull(r.Random, salt); err != nil {
		return err
	}
	store, err := r.openStore(o.journal)
	if err != nil {
		return err
	}
	seen, err := store.Seen()
	if err != nil {
		return failure{exit: exit.Internal, message: err.Error()}
	}
	m.fetched = r.Now()
	request := planner.Request{
		Desired: m.desired, Zones: m.zones.readers(),
		Scope: o.scopeOf(m.desired),
		Allow: o.allow, Shard: o.shard, Concurrency: o.zones.concurrency, Now: m.fetched.UTC(),
		Salt: salt, Tool: r.Build.Version, ExitCode: o.exitCode, Problems: m.problems,
		Memory: store.Memory(), FirstSeen: seen, Progress: r.bar.read,
	}
	m.plan, err = plan(ctx, request)
	r.bar.Done()
	if err != nil {
		return err
	}
	if err := seen.Remember(m.plan); err != nil {
		r.log.Warn("remember since when something waits", "error", err)
	}
	return nil
}

const saltSize = 16

// openStore opens what earlier runs left behind.
func (r *runtimeEnv) openStore(journal string) (*history.Store, error) {
	dir, err := r.stateDirectory()
	if err != nil {
		return nil, failure{exit: exit.Internal, message: err.Error()}
	}
	return history.Open(history.Options{Dir: dir, Runs: journal, Now: r.Now, Tool: r.Build.Version}), nil
}

// bound gives a context that ends with --max-runtime.
func (o limitOptions) bound(ctx context.Context) (context.Context, context.CancelFunc) {
	if o.maxRuntime == 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeoutCause(ctx, o.maxRuntime, exit.ErrOutOfTime)
}

// readShard reads --shard I/N, or auto/N with the index that Kubernetes gives an indexed job, from
// 0.
func (r *runtimeEnv) readShard(c *cli.Context) (*spec.Shard, error) {
	value := c.String("shard")
	if value == "" {
		return nil, nil
	}
	if count, auto := strings.CutPrefix(value, "auto/"); auto {
		index, err := strconv.Atoi(r.lookup(jobIndex))
		if err != nil {
			return nil, badUsage(
				c,
				"--shard %s takes its index from %s, which Kubernetes sets in the pods of an Indexed Job, and that is %s",
				text.ShellQuote(value),
				jobIndex,
				quotedOrUnset(r.lookup(jobIndex)),
			)
		}
		value = strconv.Itoa(index+1) + "/" + count
	}
	shard, err := spec.ParseShard(value)
	if err != nil {
		return nil, badUsage(c, "--shard: %s", err)
	}
	return &shard, nil
}

// jobIndex is the variable of an Indexed Job that holds the pod's index, from 0.
const jobIndex = "JOB_COMPLETION_INDEX"

func quotedOrUnset(value string) string {
	if value == "" {
		return "not set"
	}
	return text.ShellQuote(value)
}
