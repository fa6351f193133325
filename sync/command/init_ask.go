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
	"makesync/sync/exit"
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

func (a *asker) tell(words string) {
	_ = render.Sentences(a.r.Stderr, a.r.errorWords(false, ""), words) // who cannot be told cannot answer either
}

// line asks for a text; the end of the input stops.
func (a *asker) line(ctx context.Context, question string) (string, error) {
	fmt.Fprint(a.r.Stderr, question)
	line, err := readLine(ctx, a.answers)
	if err == nil && line == "" {
		err = failure{exit: exit.Held, message: "stopped at the question; nothing was written"}
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
		return nil
	}
	if !ask.canAsk() {
		return usageError{message: "init needs --zone NAME, or MAKE_ZONE",
			hint: "it asks only at a terminal; built in are " + text.Or(spec.BuiltinZoneNames())}
	}
	answer, err := ask.line(ctx, "Zone, as in the address of Make ("+strings.Join(spec.BuiltinZoneNames(), ", ")+"): ")
	if err == nil && answer == "" {
		err = usageError{message: "no zone was named", hint: "built in are " + text.Or(spec.BuiltinZoneNames())}
	}
	o.zone = answer
	return err
}

// askToken asks for a token where the environment holds none for a built-in zone. It is used by
// this run and kept nowhere.
func (o *initOptions) askToken(ctx context.Context, r *runtimeEnv, ask *asker) error {
	variable := document.TokenVariable(o.zone)
	_, declared := o.zones.urls[o.zone]
	switch {
	case r.lookup(variable) != "" || r.lookup("MAKE_API_KEY") != "":
		return nil
	case len(o.files) > 0 && !declared || r.ReadSecret == nil || !ask.canAsk():
		return nil // documents may say where it is; if not, the doctor tells
	}
	fmt.Fprintf(r.Stderr, "Token for zone %s (not shown, used for this run only; later runs read %s): ",
		text.Clean(o.zone), variable)
	token, err := r.ReadSecret(ctx)
	fmt.Fprintln(r.Stderr)
	if err != nil || token == "" {
		return err
	}
	lookup := r.LookupEnv
	r.LookupEnv = func(name string) (string, bool) {
		if name == variable {
			return token, true
		}
		return lookup(name)
	}
	return nil
}
