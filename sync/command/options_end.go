package command

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"makesync/spec/text"
	"makesync/sync/notify"
)

// endOptions say who is told how a run ended, besides the streams: a metrics file, a receiver of
// notifications.
type endOptions struct {
	metricsFile string
	notify      *notifyOptions // nil: nobody
}

// notifyOptions say who is notified.
type notifyOptions struct {
	receiver
	// form is that of the body: see notify.Forms.
	form string
	// waiting is how many runs in a row may see something waiting before it is told.
	waiting int
}

const (
	notifyVariable       = "MAKESYNC_NOTIFY_URL"
	defaultNotifyWaiting = 7
)

const notifyUsage = "POST the result as JSON to `URL` when there is news: something changed, failed, is held, " +
	"or waits too long (default: " + notifyVariable + ")"

const notifyWaitingUsage = "with --notify: tell of what more than `N` runs in a row have seen waiting (default: %d)"

func endFlags() []cli.Flag {
	return []cli.Flag{
		newOutputFlag(cli.StringFlag{
			Name:  "metrics-file",
			Usage: "write the run's numbers to `FILE` for Prometheus' text-file collector, also when the run fails",
		}, metricsFile),
		&cli.StringFlag{Name: "notify", Usage: notifyUsage},
		&cli.StringFlag{
			Name:  "notify-format",
			Value: notify.FormJSON,
			Usage: "with --notify: `FORM` of the body, for what receives it: " + strings.Join(notify.Forms(), ", "),
		},
		&cli.IntFlag{
			Name:  "notify-waiting",
			Value: defaultNotifyWaiting,
			Usage: fmt.Sprintf(notifyWaitingUsage, defaultNotifyWaiting),
		},
	}
}

// readEndOptions reads them where the command has them: plan and apply, not undo.
func readEndOptions(c *cli.Context, env Env) (o endOptions, err error) {
	if !hasFlag(c, "metrics-file") {
		return o, nil
	}
	if o.metricsFile, err = readMetricsFile(c); err != nil {
		return o, err
	}
	o.notify, err = readNotifyOptions(c, env)
	return o, err
}

// readMetricsFile checks before the run that the folder is there: a mistyped one would be noticed
// only when an alert does not come.
func readMetricsFile(c *cli.Context) (string, error) {
	file := c.String("metrics-file")
	if info, err := os.Stat(filepath.Dir(file)); file != "" && (err != nil || !info.IsDir()) {
		return "", badUsage(c, "--metrics-file %s: its folder is not there", text.ShellQuote(file))
	}
	return file, nil
}

// withNotify is an environment whose url is that of --notify where it is given: it is then the
// run's own secret, which no value may hold and nothing shows, as one of the environment is.
func withNotify(c *cli.Context, lookup func(string) (string, bool)) func(string) (string, bool) {
	if !c.IsSet("notify") {
		return lookup
	}
	url := c.String("notify")
	return func(name string) (string, bool) {
		if name == notifyVariable {
			return url, true
		}
		return lookup(name)
	}
}

// readNotifyOptions takes the url from the flag or the environment, and never from a document:
// whoever writes documents must not choose who is told about organizations.
func readNotifyOptions(c *cli.Context, env Env) (*notifyOptions, error) {
	url, from := c.String("notify"), "--notify"
	if !c.IsSet("notify") {
		url, from = env.lookup(notifyVariable), notifyVariable
	}
	waiting := c.Int("notify-waiting")
	switch {
	case waiting < 0:
		return nil, badUsage(c, "--notify-waiting %d: must not be below 0", waiting)
	case url == "" && c.IsSet("notify"):
		return nil, badUsage(c, "--notify needs a URL")
	case url == "" && c.IsSet("notify-waiting"):
		return nil, badUsage(c, "--notify-waiting goes with --notify")
	case url == "" && c.IsSet("notify-format"):
		return nil, badUsage(c, "--notify-format goes with --notify")
	case url == "":
		return nil, nil
	}
	form, err := oneOf(c, "notify-format", notify.Forms()...)
	if err != nil {
		return nil, err
	}
	target, err := parseNotifyURL(url)
	if err != nil {
		return nil, badUsage(c, "%s: %s", from, err)
	}
	return &notifyOptions{receiver: receiver{url: target, timeout: notifyTimeout}, form: form, waiting: waiting}, nil
}
