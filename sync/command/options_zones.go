package command

import (
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"makesync/spec/text"
)

// zoneOptions say how zones are reached, and how fast they are asked.
type zoneOptions struct {
	urls        map[string]string // --zone-url by zone name
	timeout     time.Duration     // of one call with its retries
	concurrency int               // organizations, and requests, side by side
}

const maxConcurrency = 64

const timeoutUsage = "`D`, the longest that one call may take with its retries, " +
	"not counting waits for a rate limit (default: 2m)"

func zoneFlags() []cli.Flag {
	return []cli.Flag{
		zoneURLFlag(),
		&cli.DurationFlag{Name: "timeout", Value: 2 * time.Minute, Usage: timeoutUsage},
		&cli.IntFlag{
			Name:  "concurrency",
			Value: 8,
			Usage: "read or change at most `N` organizations side by side, 1 to 64 (default: 8)",
		},
	}
}

func zoneURLFlag() cli.Flag {
	return &cli.StringSliceFlag{
		Name:  "zone-url",
		Usage: "`NAME=URL` to reach a zone at, instead of its url or sandbox; repeatable",
	}
}

func readZoneOptions(c *cli.Context) (zoneOptions, error) {
	o := zoneOptions{timeout: c.Duration("timeout"), concurrency: c.Int("concurrency")}
	switch {
	case o.timeout <= 0:
		return o, badUsage(c, "--timeout %s: must be more than 0", o.timeout)
	case o.concurrency < 1 || o.concurrency > maxConcurrency:
		return o, badUsage(c, "--concurrency %d: from 1 to %d", o.concurrency, maxConcurrency)
	}
	var err error
	o.urls, err = readZoneURLs(c)
	return o, err
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
