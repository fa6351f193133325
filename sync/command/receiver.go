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
	"slices"
	"strings"
	"time"

	"makesync/sync/makeapi"
	"makesync/sync/notify"
	"makesync/sync/render"
)

// receiver is who gets notifications. The url often holds a secret (chat webhooks), so that nothing
// but place may print it.
type receiver struct {
	url     *url.URL
	timeout time.Duration
}

var errNoURL = errors.New(
	"is not a URL like https://hooks.example/path (it is not shown, as it may hold a secret)")

// parseNotifyURL says what is wrong without repeating the url.
func parseNotifyURL(text string) (*url.URL, error) {
	target, err := url.Parse(text)
	switch {
	case err != nil || target.Host == "" || target.Hostname() == "":
		return nil, errNoURL
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
	return receiver{url: target}.place() + "/…"
}

// place is as much of the url as may be shown.
func (to receiver) place() string { return render.Clean(to.url.Scheme + "://" + to.url.Host) }

// notifyTimeout bounds a notification from the name lookup to the answer: nothing waits for it but
// the end of the run.
const notifyTimeout = 10 * time.Second

// post sends one notification, once. The context of the run may be over, and the notification goes
// out all the same. The transport is used as it is: a client would follow redirects, and put the
// url into its errors.
func (to receiver) post(ctx context.Context, body notify.Body, version string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), to.timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, to.url.String(), bytes.NewReader(body.Data))
	if err != nil {
		return errors.New("the request cannot be made")
	}
	request.Header.Set("Content-Type", body.ContentType)
	request.Header.Set("User-Agent", programName+"/"+version)
	if user := to.url.User; user != nil {
		password, _ := user.Password()
		request.SetBasicAuth(user.Username(), password)
	}
	transport := makeapi.NewTransport(1)
	defer transport.CloseIdleConnections()
	answer, err := transport.RoundTrip(request)
	if err != nil {
		return to.shown(err)
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
func (to receiver) shown(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("no answer within %s", to.timeout)
	}
	return errors.New(render.Clean(makeapi.Scrub(err.Error(), to.secrets())))
}

// secrets are the parts of the url that may not be shown: all but scheme and host.
func (to receiver) secrets() []string {
	parts := []string{to.url.RequestURI(), to.url.Path, to.url.RawQuery}
	if to.url.User != nil {
		password, _ := to.url.User.Password()
		parts = append(parts, to.url.User.String(), password)
	}
	return slices.DeleteFunc(parts, func(part string) bool { return len(part) < 2 })
}
