package command

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"makesync/sync/exit"
	"makesync/sync/plan"
	"makesync/sync/render"
)

// errDeclined: somebody was asked and did not say yes.
var errDeclined error = failure{exit: exit.Held, message: "not confirmed; nothing was changed"}

// question is what a person must answer.
type question struct {
	text string
	// again asks once more after an answer that is neither the right one nor a no.
	again func(line string) string
	// answer is what must be typed exactly; "" where yes is enough.
	answer string
	// typed: no flag answers it.
	typed bool
	// details shows more on stderr before it is asked again; nil: there is no more.
	details func() error
}

// yesOrNo is a question that yes or no answers.
func yesOrNo(text string) question {
	return question{text: text + " [y/N] ", again: func(string) string { return "Please answer y or n: " }}
}

// questionFor asks whether the plan shall be applied; d shows all of it, change by change.
func (a *applyRun) questionFor(p *plan.Plan) question {
	q := render.Ask(p)
	words := a.words("plan")
	words.Color, words.Width = words.Color && a.r.Terminal.Stderr, a.r.Terminal.ErrorWidth
	return question{
		typed:  a.claims,
		text:   q.Text(words),
		again:  func(line string) string { return q.Again(line, words) },
		answer: q.Type,
		details: func() error {
			words.Verbose, words.Group = true, render.GroupOff
			return planResult{Plan: p}.text(a.r.Stderr, words)
		},
	}
}

// meaning tells what a typed line says to the question.
func (q question) meaning(line string) render.Answer {
	if q.answer != "" && strings.TrimSpace(line) == q.answer {
		return render.AnswerYes
	}
	meaning := render.Answered(line)
	if meaning == render.AnswerYes && q.answer != "" || meaning == render.AnswerDetails && q.details == nil {
		return render.AnswerOther
	}
	return meaning
}

// mostTries is how often an answer may be neither yes nor no.
const mostTries = 3

// confirm asks, unless --yes has answered everything. A typing error is asked again, as what was
// read so far would be lost. Without a terminal nobody can answer, and the plan stays unapplied.
func (r *runtimeEnv) confirm(ctx context.Context, q question, yes bool) error {
	if yes {
		return nil
	}
	if err := r.cannotAsk(q.typed); err != nil {
		return err
	}
	answers := bufio.NewReader(io.LimitReader(r.Stdin, maxAnswers))
	for text, tries := q.text, 0; tries < mostTries; {
		fmt.Fprint(r.Stderr, text)
		line, err := readLine(ctx, answers)
		if err != nil {
			fmt.Fprintln(r.Stderr)
			return err
		}
		switch q.meaning(line) {
		case render.AnswerYes:
			return nil
		case render.AnswerStop:
			return errDeclined
		case render.AnswerDetails:
			if err := q.details(); err != nil {
				return err
			}
			text = "\n" + q.text
		default:
			text, tries = q.again(line), tries+1
		}
	}
	return errDeclined
}

// prompt writes a question, after which somebody types a line.
func (r *runtimeEnv) prompt(question string) {
	fmt.Fprint(r.Stderr, render.Prompt(question, r.errorWords(false, "")))
}

// canAsk tells whether somebody is there to see a question and to answer it.
func (r *runtimeEnv) canAsk() bool { return r.Terminal.Stdin && r.Terminal.Stderr && r.piped == nil }

// canAskSecret tells whether somebody can be asked for what must not be seen.
func (r *runtimeEnv) canAskSecret() bool { return r.ReadSecret != nil && r.canAsk() }

// askSecret asks for it.
func (r *runtimeEnv) askSecret(ctx context.Context, question string) (string, error) {
	r.prompt(question)
	line, err := r.ReadSecret(ctx)
	fmt.Fprintln(r.Stderr)
	switch {
	case ctx.Err() != nil:
		return "", stoppedAtQuestion(ctx)
	case errors.Is(err, io.EOF):
		return "", errEndOfInput
	}
	return line, err
}

// errEndOfInput is told where a question gets the end of input for an answer.
var errEndOfInput = failure{exit: exit.Held, message: "stopped at the question; nothing was written"}

// cannotAsk says why nobody can be asked; typed: no flag answers in their place.
func (r *runtimeEnv) cannotAsk(typed bool) error {
	if r.canAsk() {
		return nil
	}
	why := "stdin is no terminal, so nobody can be asked"
	switch {
	case r.piped != nil:
		why = "the documents came from stdin (-f -), so no answer can come from there"
	case r.Terminal.Stdin:
		why = "stderr is no terminal, so nobody would see what is asked"
	}
	hint := "add --yes to go on without a question"
	if typed {
		hint = "run it at a terminal: somebody has to type the answer"
	}
	return failure{exit: exit.Held, message: "not confirmed: " + why + "; nothing was changed", hint: hint}
}

// maxAnswers is how much is read of what somebody types; the rest is an end of input.
const maxAnswers = 1 << 16

// readLine reads an answer, and gives up when the run is interrupted: the read itself
// cannot be, so it is left behind in its goroutine and ends with the process.
func readLine(ctx context.Context, answers *bufio.Reader) (string, error) {
	type reply struct {
		line string
		err  error
	}
	replies := make(chan reply, 1)
	go func() {
		line, err := answers.ReadString('\n')
		if errors.Is(err, io.EOF) {
			err = nil
		}
		replies <- reply{line, err}
	}()
	select {
	case got := <-replies:
		return got.line, got.err
	case <-ctx.Done():
		return "", stoppedAtQuestion(ctx)
	}
}

func stoppedAtQuestion(ctx context.Context) error {
	return failure{
		exit:    exit.StopExit(ctx),
		message: "stopped at the question; nothing was changed",
		cause:   context.Cause(ctx),
	}
}

// stepCount is how many steps a plan has.
func stepCount(plan *plan.Plan) int {
	n := 0
	for _, org := range plan.Organizations {
		n += len(org.Steps)
	}
	return n
}
