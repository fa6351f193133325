package command

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"makesync/spec"
	"makesync/spec/document"
	"makesync/spec/text"
	"makesync/sync/render"
)

// asker asks one question after the other: what is typed ahead answers the next.
type asker struct {
	r       *runtimeEnv
	answers *bufio.Reader
}

func newAsker(r *runtimeEnv) *asker {
	return &asker{r, bufio.NewReader(io.LimitReader(r.Stdin, maxAnswers))}
}

func (a *asker) canAsk() bool { return a.r.canAsk() }

func (a *asker) tell(lines ...string) {
	_ = render.Sentences(a.r.Stderr, a.r.errorWords(false, ""), lines...) // who cannot be told cannot answer either
}

// line asks for a text; the end of the input stops.
func (a *asker) line(ctx context.Context, question string) (string, error) {
	a.r.prompt(question)
	line, err := readLine(ctx, a.answers)
	if err == nil && !strings.HasSuffix(line, "\n") {
		fmt.Fprintln(a.r.Stderr) // nobody ended the line of the question
	}
	if err == nil && line == "" {
		err = errEndOfInput
	}
	return strings.TrimSpace(line), err
}

// choice asks for one of the words, again after a typing error.
func (a *asker) choice(ctx context.Context, question string, words []string, usual string) (string, error) {
	for range mostTries {
		answer, err := a.line(ctx, question)
		switch {
		case err != nil:
			return "", err
		case answer == "":
			return usual, nil
		case slices.Contains(words, answer):
			return answer, nil
		}
		a.tell("There is " + text.Or(words) + ".")
	}
	return "", errDeclined
}

func (o *initOptions) askZone(ctx context.Context, ask *asker) error {
	if o.zone != "" {
		o.zone = spec.ZoneName(o.zone, nil) // its token is found by its name
		return nil
	}
	if !ask.canAsk() {
		return usageError{message: "init needs --zone NAME, or MAKE_ZONE",
			hint: "it asks only at a terminal; built in are " + text.Or(spec.BuiltinZoneNames())}
	}
	question := "Zone, as in the address of Make (" + strings.Join(spec.BuiltinZoneNames(), ", ") + "): "
	for range mostTries {
		answer, err := ask.line(ctx, question)
		switch {
		case err != nil:
			return err
		case answer == "":
			return usageError{message: "no zone was named", hint: "built in are " + text.Or(spec.BuiltinZoneNames())}
		}
		if o.zone = o.zoneOf(answer); o.zone != "" {
			return nil
		}
		ask.tell("There is no zone " + text.Quote(answer) + "; built in are " + text.Or(spec.BuiltinZoneNames()) +
			". One of your own is named with --zone-url, or declared in a document of -f.")
	}
	return errDeclined
}

// zoneOf is the zone that an answer means: its name, or an address of Make in it, such as
// https://eu1.make.com/organization/11; "" where there is none.
func (o *initOptions) zoneOf(answer string) string {
	if _, ok := o.zones.urls[answer]; ok || len(o.files) > 0 {
		return answer // which the documents may declare
	}
	host, _, _ := strings.Cut(strings.TrimPrefix(strings.ToLower(answer), "https://"), "/")
	if zone := spec.ZoneName(host, nil); spec.BuiltinHost(zone) != "" {
		return zone
	}
	return ""
}

// askToken asks for a token where the environment holds none for a built-in zone. It is used by
// this run and kept nowhere.
func (o *initOptions) askToken(ctx context.Context, r *runtimeEnv, ask *asker) error {
	variable := document.TokenVariable(o.zone)
	_, declared := o.zones.urls[o.zone]
	switch {
	case r.lookup(variable) != "" || r.lookup("MAKE_API_KEY") != "":
		return nil
	case len(o.files) > 0 && !declared || !r.canAskSecret():
		return nil // documents may say where it is; if not, the doctor tells
	}
	token, err := r.askSecret(ctx, "Token for zone "+o.zone+
		" (not shown, used for this run only; later runs read "+variable+"): ")
	if token = strings.TrimSpace(token); err != nil || token == "" {
		return err
	}
	o.typedToken = true
	lookup := r.LookupEnv
	r.LookupEnv = func(name string) (string, bool) {
		if name == variable {
			return token, true
		}
		return lookup(name)
	}
	return nil
}
