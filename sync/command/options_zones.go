package command

import (
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/makeapi"
)

// zoneOptions say how zones are reached, and how fast they are asked.
type zoneOptions struct {
	urls map[string]string // --zone-url by zone name
	// sandboxes are the built-in zones that documents may simulate.
	sandboxes []string
	timeout   time.Duration // of one call with its retries
	// concurrency is how many organizations, and requests, go side by side; adaptive: at most, and
	// each zone shows how many requests it takes.
	concurrency int
	adaptive    bool
	rateShare   float64 // of each organization's calls per minute
	// leavesNothing: with --skip-references nothing is made that documents name; a simulated
	// zone that is only read stays as it is on the disk.
	leavesNothing bool
}

const maxConcurrency = makeapi.MostConcurrency

// autoConcurrency lets each zone show how many requests it takes.
const autoConcurrency = "auto"

const concurrencyUsage = "read or change at most `N` organizations side by side, 1 to 64, " +
	"or auto: as many as each zone answers without getting slower (default: auto)"

const rateShareUsage = "take at most this `PART` of each organization's calls per minute, " +
	"and leave the rest to others; more than 0, at most 1 (default: 0.8)"

const timeoutUsage = "`D` the longest that one call may take with its retries, " +
	"not counting waits for a rate limit, or for a zone that is overloaded (default: 2m)"

func zoneFlags() []cli.Flag {
	return []cli.Flag{
		zoneURLFlag(),
		sandboxFlag(),
		newDurationFlag("timeout", 2*time.Minute, timeoutUsage),
		&cli.StringFlag{Name: "concurrency", Value: autoConcurrency, Usage: concurrencyUsage},
		&cli.Float64Flag{Name: "rate-share", Value: makeapi.DefaultRateShare, Usage: rateShareUsage},
	}
}

func zoneURLFlag() cli.Flag {
	return &cli.StringSliceFlag{
		Name:  "zone-url",
		Usage: "`NAME=URL` where to reach a zone, instead of its url or sandbox; repeatable",
	}
}

func sandboxFlag() cli.Flag {
	return &cli.StringSliceFlag{
		Name:  "sandbox",
		Usage: "let documents simulate the built-in zone `NAME` (or " + sandboxVariable + "); repeatable",
	}
}

// sandboxVariable is beside --sandbox.
const sandboxVariable = "MAKESYNC_SANDBOX"

func readZoneOptions(c *cli.Context) (zoneOptions, error) {
	o := zoneOptions{timeout: c.Duration("timeout"), rateShare: c.Float64("rate-share"),
		sandboxes: c.StringSlice("sandbox"), leavesNothing: c.Bool("skip-references")}
	for _, name := range o.sandboxes {
		if spec.BuiltinHost(name) == "" {
			return o, badUsage(c, "--sandbox %s: names a built-in zone, such as eu1; others need no flag",
				text.ShellQuote(name))
		}
	}
	switch {
	case o.timeout <= 0:
		return o, badUsage(c, "--timeout %s: must be more than 0", o.timeout)
	case !(o.rateShare > 0 && o.rateShare <= 1): // NaN is neither
		return o, badUsage(c, "--rate-share %v: more than 0, at most 1", o.rateShare)
	}
	var err error
	if o.concurrency, o.adaptive, err = readConcurrency(c); err != nil {
		return o, err
	}
	o.urls, err = readZoneURLs(c)
	return o, err
}

func readConcurrency(c *cli.Context) (concurrency int, adaptive bool, err error) {
	given := c.String("concurrency")
	if given == autoConcurrency {
		return maxConcurrency, true, nil
	}
	concurrency, err = strconv.Atoi(given)
	if err != nil || concurrency < 1 || concurrency > maxConcurrency {
		return 0, false, badUsage(c, "--concurrency %s: auto, or from 1 to %d", text.ShellQuote(given), maxConcurrency)
	}
	return concurrency, false, nil
}

const zoneURLForm = "--zone-url %s: must be NAME=URL, as in eu1=http://127.0.0.1:8080"

func readZoneURLs(c *cli.Context) (map[string]string, error) {
	urls := map[string]string{}
	for _, pair := range c.StringSlice("zone-url") {
		name, url, ok := strings.Cut(pair, "=")
		if !ok || name == "" || url == "" {
			return nil, badUsage(c, zoneURLForm, text.ShellQuote(pair))
		}
		if _, twice := urls[name]; twice {
			return nil, badUsage(c, "--zone-url names the zone %s twice", text.ShellQuote(name))
		}
		urls[name] = url
	}
	return urls, nil
}

// zoneURLNames are the zones of --zone-url, in no order.
func zoneURLNames(urls map[string]string) []string {
	var names []string
	for name := range urls {
		names = append(names, name)
	}
	return names
}
