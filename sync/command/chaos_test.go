package command_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"makesync/spec"
	"makesync/sync/report"
	"makesync/sync/sandbox"
)

var (
	chaosSeeds = flag.Int("chaos.seeds", 100, "how many worlds, documents and faults to draw")
	chaosFirst = flag.Uint64("chaos.first", 1, "the first seed")
)

// TestChaos: worlds, documents and faults drawn at random. Whatever goes wrong, in as many runs as it likes:
//
//   - a report adds up, and what it says of each step is true according to the zone;
//   - nothing is made twice, and what no document speaks of stays as it is;
//   - once nothing goes wrong any more, repeated runs come to rest, and then everything is as the documents say,
//     but for what the plan says is waiting, held or refused.
func TestChaos(t *testing.T) {
	t.Parallel()
	const lanes = 8
	for lane := range lanes {
		t.Run(fmt.Sprint(lane), func(t *testing.T) {
			t.Parallel()
			for i := lane; i < *chaosSeeds; i += lanes {
				synctest.Test(t, func(t *testing.T) { newChaos(t, *chaosFirst+uint64(i)).play() })
			}
		})
	}
}

// chaos is one seed.
type chaos struct {
	*stage
	seed   uint64
	random *rand.Rand
	wishes []*wish
	keys   keyring
	before *sandbox.State
}

func newChaos(t *testing.T, seed uint64) *chaos {
	t.Helper()
	random := rand.New(rand.NewPCG(seed, 0))
	state := sandbox.Generate(sandbox.GenerateOptions{Organizations: 1 + random.IntN(7), Variables: random.IntN(12), Members: 1 + random.IntN(6), Seed: int64(seed)})
	state.Switches = drawSwitches(random)
	world := sandbox.New(state, nil)
	c := &chaos{seed: seed, random: random, before: world.Snapshot(), keys: keyring{ids: map[int]string{}, names: map[string]string{"Newborn One": "newborn"}}}
	c.wishes = drawWishes(random, c.before)
	for _, z := range c.before.Zones {
		for _, o := range z.Organizations {
			c.keys.ids[o.ID] = fmt.Sprint("o", o.ID)
		}
	}
	dir := memoryDir(t)
	text, err := writeWishes(c.wishes)
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "chaos.json"), text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	c.stage = newStage(t, world, filepath.Join(dir, "chaos.json"))
	if seed%3 == 0 {
		c.flags = []string{"--concurrency", "4"}
	}
	return c
}

// outside are answers after which the token's user may not even look any more, so that nothing could be compared,
// and those under which no removal that keeps the connections is possible.
var outside = map[string]string{"former-owner": "removed", "removal-body": "string", "removal-confirmed": "yes"}

func drawSwitches(random *rand.Rand) map[string]string {
	switches := map[string]string{}
	for _, s := range sandbox.SwitchTable() {
		if value := s.Values[random.IntN(len(s.Values))]; outside[s.Name] != value {
			switches[s.Name] = value
		}
	}
	return switches
}

func (c *chaos) fail(words string, more ...any) {
	c.Helper()
	c.Errorf("seed %d: %s", c.seed, fmt.Sprintf(words, more...))
}

func (c *chaos) play() {
	for range 1 + c.random.IntN(3) {
		c.breakThings()
		c.applySomehow()
		if err := c.world.ClearFaults(); err != nil {
			c.Fatal(err)
		}
		if c.random.IntN(3) == 0 {
			c.world.Advance(time.Duration(c.random.IntN(10*24)) * time.Hour) // invitations expire
		}
		c.lookAround()
	}
	c.comeToRest()
	c.lookAround()
	c.isReached()
}

// breakThings draws rules by which 1 to 30 % of the calls go wrong.
func (c *chaos) breakThings() {
	for range 1 + c.random.IntN(4) {
		kind := singleFaults[c.random.IntN(len(singleFaults))]
		if c.random.IntN(6) == 0 {
			c.fault(fmt.Sprintf("op=*,nth=%d,times=%d,kind=status,status=429,body=plain", 1+c.random.IntN(40), 1+c.random.IntN(25)))
		}
		c.fault(fmt.Sprintf("op=%s,probability=%.3f,seed=%d,%s", []string{"*", "write", "read"}[c.random.IntN(3)],
			0.01+0.29*c.random.Float64(), 1+c.random.IntN(1<<30), kind))
	}
}

// applySomehow applies, with a plan of its own or a saved one, and compares what it tells with the zone.
func (c *chaos) applySomehow() *report.Report {
	c.Helper()
	args := []string{}
	if c.random.IntN(4) == 0 {
		args = append(args, "--max-runtime", fmt.Sprint(1+c.random.IntN(300), "s"))
	}
	if c.random.IntN(3) == 0 {
		file := filepath.Join(c.home, fmt.Sprintf("plan-%d.json", len(c.world.Log())+c.random.IntN(1<<30)))
		c.run(c.on("plan", "-o", file)...)
		if _, err := os.Stat(file); err == nil {
			args = append(args, "--allow-partial", file)
		}
	}
	before := len(c.world.Log())
	report := c.apply(args...)
	for _, lie := range lies(report, c.keys, c.world, c.world.Log()[before:], nil) {
		c.fail("%s", lie)
	}
	return report
}

// lookAround looks for what should never be.
func (c *chaos) lookAround() {
	c.Helper()
	for _, wrong := range touched(c.before, c.world.Snapshot(), c.wishes) {
		c.fail("%s", wrong)
	}
	for _, wrong := range doubles(c.keys, c.world, c.world.Log()) {
		c.fail("%s", wrong)
	}
}

// comeToRest applies without faults until nothing changes any more.
func (c *chaos) comeToRest() {
	c.Helper()
	for run := 0; ; run++ {
		report := c.apply()
		switch {
		case report.Unknown > 0:
			c.fail("unknown without any fault: %s", stepsOf(report))
		case report.Succeeded == 0:
			return
		case run == 4:
			c.fail("it does not come to rest: %s", stepsOf(report))
			return
		}
	}
}

// isReached compares the end with the documents.
func (c *chaos) isReached() {
	c.Helper()
	plan := c.plan()
	explained := map[spec.Address]bool{}
	for i := range plan.Organizations {
		o := &plan.Organizations[i]
		for _, s := range o.Steps {
			explained[s.Address] = true
		}
		for _, w := range o.Waiting {
			explained[w.Address] = true
		}
		for _, h := range o.Held {
			explained[h.Address] = true
		}
	}
	for _, p := range plan.Problems {
		explained[p.Address] = explained[p.Address] || p.Severity == spec.Error
	}
	state := c.world.Snapshot()
	for _, h := range c.wishes {
		for _, address := range h.missed(state) {
			if !explained[address] && !explained[spec.Address(h.key)] {
				c.fail("%s is not as the document says, and the plan does not say why", address)
			}
		}
	}
}

// doubles are organizations and invitations that were made twice: of one that was taken back before, a
// second one is none.
func doubles(keys keyring, world *sandbox.World, writes []sandbox.Write) (wrong []string) {
	made := map[spec.Address]int{}
	for _, w := range writes {
		address := keys.addressOf(world, w)
		switch {
		case w.Operation == "POST /organizations", strings.HasSuffix(w.Operation, "/invite"):
			if made[address]++; made[address] > 1 {
				wrong = append(wrong, fmt.Sprintf("%s was made twice", address))
			}
		case strings.HasSuffix(w.Operation, "/user-organization-roles/{organizationId}") && !strings.Contains(string(w.Body), "usersRoleId"):
			made[address] = 0
		}
	}
	slices.Sort(wrong)
	return wrong
}
