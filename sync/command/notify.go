package command

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"makesync/sync/history"
	"makesync/sync/makeapi"
	"makesync/sync/plan"
	"makesync/sync/render"
	"makesync/sync/report"
)

const (
	notifyVariable       = "MAKESYNC_NOTIFY_URL"
	defaultNotifyWaiting = 7
	// notifyTimeout bounds a notification from the name lookup to the answer: nothing waits for it
	// but the end of the run.
	notifyTimeout = 10 * time.Second
)

// notifyOptions say who is notified. The url often holds a secret (chat webhooks), so that nothing
// but place may print it.
type notifyOptions struct {
	url *url.URL
	// waiting is how many runs in a row may see something waiting before it is told.
	waiting int
}

func notifyFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{
			Name:  "notify",
			Usage: "POST the result as JSON to `URL` when there is news: something changed, failed, is held, or waits too long (default: " + notifyVariable + ")",
		},
		&cli.IntFlag{
			Name:  "notify-waiting",
			Value: defaultNotifyWaiting,
			Usage: fmt.Sprintf(
				"with --notify: tell of what more than `N` runs in a row have seen waiting (default: %d)",
				defaultNotifyWaiting,
			),
		},
	}
}

// readNotifyOptions takes the url from the flag or the environment, and never from a document:
// whoever writes documents must not choose who is told about organizations.
func (r *runtimeEnv) readNotifyOptions(c *cli.Context) (*notifyOptions, error) {
	text, from := c.String("notify"), "--notify"
	if !c.IsSet("notify") {
		text, from = r.lookup(notifyVariable), notifyVariable
	}
	waiting := c.Int("notify-waiting")
	switch {
	case waiting < 0:
		return nil, badUsage(c, "--notify-waiting %d: must not be below 0", waiting)
	case text == "" && c.IsSet("notify"):
		return nil, badUsage(c, "--notify needs a URL")
	case text == "" && c.IsSet("notify-waiting"):
		return nil, badUsage(c, "--notify-waiting goes with --notify")
	case text == "":
		return nil, nil
	}
	target, err := parseNotifyURL(text)
	if err != nil {
		return nil, badUsage(c, "%s: %s", from, err)
	}
	return &notifyOptions{url: target, waiting: waiting}, nil
}

// parseNotifyURL says what is wrong without repeating the url.
func parseNotifyURL(text string) (*url.URL, error) {
	target, err := url.Parse(text)
	switch {
	case err != nil || target.Host == "" || target.Hostname() == "":
		return nil, errors.New(
			"is not a URL like https://hooks.example/path (it is not shown, as it may hold a secret)",
		)
	case target.Scheme == "http" && !loopback(target.Hostname()):
		return nil, errors.New("must be https: plain http is for loopback only")
	case target.Scheme != "https" && target.Scheme != "http":
		return nil, errors.New("must be http or https")
	}
	return target, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// shownArgs is a command line as messages may repeat it: the receiver of notifications without what
// may be secret.
func shownArgs(args []string) []string {
	shown := slices.Clone(args)
	for i, word := range args {
		name, value, joined := strings.Cut(word, "=")
		switch {
		case strings.TrimLeft(name, "-") != "notify" || !strings.HasPrefix(word, "-"):
		case joined:
			shown[i] = name + "=" + shownURL(value)
		case i+1 < len(args):
			shown[i+1] = shownURL(args[i+1])
		}
	}
	return shown
}

func shownURL(text string) string {
	target, err := parseNotifyURL(text)
	if err != nil {
		return "URL"
	}
	return (&notifyOptions{url: target}).place() + "/…"
}

// place is as much of the url as may be shown.
func (o *notifyOptions) place() string { return render.Clean(o.url.Scheme + "://" + o.url.Host) }

// notify tells the receiver, if there is news, and remembers what was told. What could not be
// told is not remembered, so that the next run tries again.
func (r *runtimeEnv) notify(ctx context.Context, o *notifyOptions, e ending) error {
	store, err := r.openStore(e.options.journal)
	if err != nil {
		return err
	}
	seen, err := store.Seen()
	if err != nil {
		return err
	}
	told, err := store.Notified(jobOf(e, o)...)
	if err != nil {
		return err
	}
	n := e.news(o.waiting, seen.Runs)
	fresh := n.fresh(told)
	if !fresh.empty() {
		if err := r.post(ctx, o, notificationOf(e, fresh, r.Now())); err != nil {
			r.remember(told, n.known(told), e)
			return err
		}
	}
	r.remember(told, n.troubles, e)
	return nil
}

// remember keeps what was told. A failure costs a repetition and no more.
func (r *runtimeEnv) remember(told *history.Notified, troubles []trouble, e ending) {
	list := make([]history.Alert, len(troubles))
	for i, t := range troubles {
		list[i] = t.Alert
	}
	if err := told.Remember(list, e.blind); err != nil {
		r.log.Warn("remember what was told", "error", err)
	}
}

// jobOf is what makes a run the same job every night: of two jobs that share a state folder, one
// must not take the other's troubles for ended.
func jobOf(e ending, o *notifyOptions) []string {
	job := []string{e.command, o.url.String(), e.options.documents.zone}
	if e.options.shard != nil {
		job = append(job, fmt.Sprintf("shard %d/%d", e.options.shard.Index, e.options.shard.Count))
	}
	for _, file := range e.options.documents.files {
		if path, err := filepath.Abs(file); err == nil {
			file = path
		}
		job = append(job, "file "+file)
	}
	for _, glob := range e.options.scope.target {
		job = append(job, "target "+glob.String())
	}
	for _, glob := range e.options.scope.exclude {
		job = append(job, "exclude "+glob.String())
	}
	return job
}

// blind tells whether the run could not see what troubles an organization has.
func (e ending) blind(organization string) bool {
	if organization == "" {
		return false
	}
	if e.plan != nil {
		at := slices.IndexFunc(e.plan.Organizations, func(o plan.Organization) bool { return o.Key == organization })
		return at < 0 || len(e.plan.Organizations[at].NotRead) > 0 || e.cutOff(organization)
	}
	return true
}

// cutOff tells whether steps of the organization were not even tried: what would have failed is
// unknown.
func (e ending) cutOff(organization string) bool {
	if e.report == nil {
		return false
	}
	if len(e.report.Steps) == 0 && e.report.Planned > 0 {
		return true
	}
	return slices.ContainsFunc(e.report.Steps, func(s report.StepReport) bool {
		return s.Address.Key() == organization && s.Outcome == report.Skipped && !s.SkippedForLicence()
	})
}

// post sends one notification, once. The context of the run may be over, and the notification goes
// out all the same. The transport is used as it is: a client would follow redirects, and put the
// url into its errors.
func (r *runtimeEnv) post(ctx context.Context, o *notifyOptions, n *notification) error {
	body, err := n.encode()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), notifyTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, o.url.String(), bytes.NewReader(body))
	if err != nil {
		return errors.New("the request cannot be made")
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", programName+"/"+r.Build.Version)
	if user := o.url.User; user != nil {
		password, _ := user.Password()
		request.SetBasicAuth(user.Username(), password)
	}
	transport := makeapi.NewTransport(1)
	defer transport.CloseIdleConnections()
	answer, err := transport.RoundTrip(request)
	if err != nil {
		return o.shown(err)
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, 4<<10)) // whatever it says, its status has said more
	if answer.StatusCode < 200 || answer.StatusCode > 299 {
		return fmt.Errorf("it answered HTTP %d", answer.StatusCode)
	}
	return nil
}

// shown is a transport's error without the url: a receiver that answers nonsense may have it repeat
// a part of that.
func (o *notifyOptions) shown(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("no answer within %s", notifyTimeout)
	}
	return errors.New(render.Clean(makeapi.Scrub(err.Error(), o.secrets())))
}

// secrets are the parts of the url that may not be shown: all but scheme and host.
func (o *notifyOptions) secrets() []string {
	parts := []string{o.url.RequestURI(), o.url.Path, o.url.RawQuery}
	if o.url.User != nil {
		password, _ := o.url.User.Password()
		parts = append(parts, o.url.User.String(), password)
	}
	return slices.DeleteFunc(parts, func(part string) bool { return len(part) < 2 })
}
