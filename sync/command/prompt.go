package command

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"makesync/sync/exit"
	"makesync/sync/plan"
	"makesync/sync/render"
)

// question is what a person must answer before a plan is applied.
type question struct {
	text   string
	answer string // typed exactly (without case for yes)
	yesNo  bool
}

// accepts tells whether the typed line is the right answer.
func (q question) accepts(line string) bool {
	line = strings.TrimSpace(line)
	if q.yesNo {
		return strings.EqualFold(line, "y") || strings.EqualFold(line, "yes")
	}
	return line == q.answer
}

// questionFor weighs the plan: what deletes or transfers asks for the organization's name, or
// for how many they are when there are several; everything else asks yes or no.
func questionFor(plan *plan.Plan) question {
	var names []string
	for _, org := range plan.Organizations {
		if deletesOrTransfers(org.Steps) {
			names = append(names, org.Name)
		}
	}
	switch len(names) {
	case 0:
		return question{text: "Apply this plan? [y/N] ", yesNo: true}
	case 1:
		name := render.Clean(names[0])
		return question{
			text:   fmt.Sprintf("This deletes or transfers. Type the organization's name to go on (%s): ", name),
			answer: name,
		}
	}
	count := strconv.Itoa(len(names))
	return question{
		text:   fmt.Sprintf("This deletes or transfers in %s organizations. Type how many they are to go on: ", count),
		answer: count,
	}
}

func deletesOrTransfers(steps []plan.Step) bool {
	for _, step := range steps {
		if counted := step.Op.Counted(); counted == plan.OpDelete || counted == plan.OpTransfer {
			return true
		}
	}
	return false
}

// confirm asks, unless --yes has answered everything. Without a terminal nobody can answer, and
// the plan stays unapplied.
func (r *runtimeEnv) confirm(ctx context.Context, q question, yes bool) error {
	if yes {
		return nil
	}
	if !r.canAsk() {
		why := "stdin is no terminal, so nobody can be asked"
		if r.Terminal.Stdin {
			why = "stderr is no terminal, so nobody would see what is asked"
		}
		return failure{
			exit:    exit.Held,
			message: "not confirmed: " + why + "; nothing was changed",
			hint:    "add --yes to go on without a question",
		}
	}
	fmt.Fprint(r.Stderr, q.text)
	line, err := r.readLine(ctx)
	if err != nil {
		fmt.Fprintln(r.Stderr)
		return err
	}
	if q.accepts(line) {
		return nil
	}
	return failure{exit: exit.Held, message: "not confirmed; nothing was changed"}
}

// canAsk tells whether somebody is there to see a question and to answer it.
func (r *runtimeEnv) canAsk() bool { return r.Terminal.Stdin && r.Terminal.Stderr }

const maxAnswer = 4096

// readLine reads an answer, and gives up when the run is interrupted: the read itself
// cannot be, so it is left behind in its goroutine and ends with the process.
func (r *runtimeEnv) readLine(ctx context.Context) (string, error) {
	type reply struct {
		line string
		err  error
	}
	replies := make(chan reply, 1)
	go func() {
		line, err := bufio.NewReader(io.LimitReader(r.Stdin, maxAnswer)).ReadString('\n')
		if errors.Is(err, io.EOF) {
			err = nil
		}
		replies <- reply{line, err}
	}()
	select {
	case got := <-replies:
		return got.line, got.err
	case <-ctx.Done():
		return "", failure{
			exit:    exit.StopExit(ctx),
			message: "stopped at the question; nothing was changed",
			cause:   context.Cause(ctx),
		}
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
