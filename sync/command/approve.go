package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"github.com/urfave/cli/v2"
	"makesync/spec/regular"
	"makesync/sync/approval"
	"makesync/sync/exit"
	"makesync/sync/history"
	"makesync/sync/plan"
	"makesync/sync/render"
	"makesync/sync/savedplan"
)

// approveOptions are the options of approve.
type approveOptions struct {
	file   string
	key    string
	until  string
	yes    bool
	result resultOptions
}

const approveDescription = "Shows a saved plan and what would be signed: the digest of its changes, the zones with " +
	"their hosts, the organizations with their ids and names, the consequences of what is destructive or cannot be " +
	"undone, when it is signed, and until when it counts. Asks, signs it with an SSH key, " +
	"and leaves both beside the plan in PLAN.approval/. Reads no zone and no document. " +
	"`apply --approvals N --approvers FILE PLAN` counts who has signed. " +
	"The values behind references are those of whoever applies."

const keyUsage = "private SSH key in `FILE`; or NAME.pub, whose private key the agent holds, or NAME-cert.pub " +
	"(default: the only key of the agent)"

const untilUsage = "the approval counts until `TIME`: a day (2026-12-01), or a duration (48h, 7d); at most 7 days " +
	"(default: as long as the plan)"

func approveCommand(r *runtimeEnv) *cli.Command {
	return &cli.Command{
		Name:        "approve",
		Usage:       "sign a saved plan",
		ArgsUsage:   "PLAN",
		Description: approveDescription,
		UsageText:   "makesync approve plan.json\nmakesync approve --key ~/.ssh/id_ed25519 --until 7d plan.json",
		Flags: joined([]cli.Flag{
			newInputFlag(cli.StringFlag{Name: "key", Usage: keyUsage}),
			&cli.StringFlag{Name: "until", Usage: untilUsage},
			&cli.BoolFlag{Name: "yes", Usage: "answer the question with yes"},
			colorFlag(),
		}, detailFlags(), logFlags()),
		Action: r.action(arity{1, 1, "PLAN", allFiles}, func(c *cli.Context) error {
			o := approveOptions{
				file: c.Args().First(), key: c.String("key"), until: c.String("until"), yes: c.Bool("yes"),
			}
			o.result = resultOptions{format: formatText, color: colors(c, r.Env), verbose: c.Bool("verbose"),
				group: render.Group(c.String("group"))}
			return runApprove(c.Context, r, o)
		}),
	}
}

// runApprove shows, asks, signs and saves.
func runApprove(ctx context.Context, r *runtimeEnv, o approveOptions) error {
	p, err := readPlanToApprove(r, o.file)
	if err != nil {
		return err
	}
	now := r.Now()
	until, err := approvedUntil(o.until, now, p.Expires)
	if err != nil {
		return err
	}
	statement, err := statementOf(p, now, until)
	if err != nil {
		return failure{exit: exit.Invalid, message: "the plan cannot be approved", cause: err}
	}
	if err := showStatement(r, p, statement, o); err != nil {
		return err
	}
	if err := r.confirm(ctx, yesOrNo("Approve these changes?"), o.yes); err != nil {
		return err
	}
	signer, closeAgent, err := signerFor(ctx, r, o.key)
	if stopped := (failure{}); errors.As(err, &stopped) {
		return stopped // at the question for the passphrase
	}
	if err != nil && exit.StopExit(ctx) != exit.OK {
		return unsigned(ctx)
	}
	if err != nil {
		return failure{exit: exit.Invalid, message: "no key to sign with", cause: err,
			hint: "name one with --key FILE, or add it to the agent with ssh-add; nothing was signed"}
	}
	defer closeAgent()
	file, err := approval.Sign(statement, signer)
	if err != nil && exit.StopExit(ctx) != exit.OK {
		return unsigned(ctx)
	}
	if err != nil {
		return failure{exit: exit.Invalid, message: "the plan was not signed", cause: err}
	}
	folder := approval.Folder(o.file)
	if err := approval.Save(folder, file); err != nil {
		return failure{exit: exit.Internal, message: err.Error()}
	}
	return r.say(fmt.Sprintf("makesync: approve: signed by %s, counts until %s; %s",
		approval.Fingerprint(signer), until.Format(time.RFC3339), folder+"/"+file.Name+".txt"))
}

// unsigned ends an approve that was stopped while it waited for the agent, or for the touch of a
// key.
func unsigned(ctx context.Context) error {
	return failure{exit: exit.StopExit(ctx), message: "stopped while the SSH agent was asked; nothing was signed"}
}

// readPlanToApprove reads a plan as strictly as an apply does. Who approves need not have the key
// of the seal: the statement holds whatever an apply may do.
func readPlanToApprove(r *runtimeEnv, path string) (*plan.Plan, error) {
	data, err := history.LoadPlan(path)
	if err != nil {
		return nil, failure{exit: exit.Invalid, message: err.Error()}
	}
	p, problems := savedplan.DecodeToRead(data, sealKey(r.Env))
	if len(problems) == 0 {
		return p, nil
	}
	if err := r.printProblems(problems, exit.Invalid, r.errorWords(false, "approve")); err != nil {
		return nil, err
	}
	return nil, end(exit.Invalid)
}

// approvedUntil is the last second of an approval: that of a day in UTC, or after a duration; else
// that of the plan.
func approvedUntil(until string, now, expires time.Time) (time.Time, error) {
	last := now.Add(approval.MaxAhead).UTC().Truncate(time.Second)
	end := expires.UTC().Truncate(time.Second)
	if until == "" && end.After(last) {
		end = last
	}
	if day, err := time.Parse(time.DateOnly, until); err == nil {
		end = day.Add(24*time.Hour - time.Second)
		if day.Equal(last.Truncate(24 * time.Hour)) {
			end = last // of the seventh day as much as may be
		}
	} else if until != "" {
		d, err := parseDuration(until)
		if err != nil {
			return end, usageError{message: "--until " + until + ": " + err.Error(),
				hint: "write a day such as 2026-12-01, or a duration such as 48h or 7d"}
		}
		end = now.Add(d).UTC().Truncate(time.Second)
	}
	switch {
	case end.After(last):
		return end, usageError{message: "--until " + until + ": an approval counts for at most 7 days",
			hint: "the last moment is " + last.Format(time.RFC3339)}
	case !end.After(now) && until != "":
		return end, usageError{message: "--until " + until + " is over", hint: "write a day or a moment to come"}
	case !end.After(now):
		return end, failure{exit: exit.Stale, message: "the plan expired at " + end.Format(time.RFC3339),
			hint: "make a new plan, or give --until for one with the same digest"}
	}
	return end, nil
}

// showStatement shows the plan, and the text that would be signed.
func showStatement(r *runtimeEnv, p *plan.Plan, s approval.Statement, o approveOptions) error {
	signed, err := s.Text()
	if err != nil {
		return err
	}
	words := r.render(o.result, "approve")
	words.File = trustOf(p, r.Env)
	if err := (planResult{Plan: p}).text(r.Stdout, words); err != nil {
		return err
	}
	_, err = fmt.Fprintf(r.Stdout, "\nThis is signed:\n\n  %s\n",
		strings.ReplaceAll(strings.TrimSpace(string(signed)), "\n", "\n  "))
	return err
}

// maxKeyFile bounds a file of a key, in bytes.
const maxKeyFile = 1 << 20

// signerFor finds the key to sign with. Close lets go of the agent.
func signerFor(ctx context.Context, r *runtimeEnv, path string) (signer approval.Signer, closeAgent func(), err error) {
	closeAgent = func() {}
	keys := approval.Keys{
		Path: path,
		Read: func(path string) ([]byte, error) { return regular.ReadFile(path, maxKeyFile) },
		Agent: func() (io.ReadWriter, error) {
			socket := r.lookup("SSH_AUTH_SOCK")
			if socket == "" {
				return nil, fmt.Errorf("no SSH agent is running (SSH_AUTH_SOCK is not set)")
			}
			connection, err := new(net.Dialer).DialContext(ctx, "unix", socket)
			if err != nil {
				return nil, fmt.Errorf("reach the SSH agent: %w", err)
			}
			stop := context.AfterFunc(ctx, func() { _ = connection.Close() }) // whatever it waits for
			closeAgent = func() { stop(); _ = connection.Close() }
			return connection, nil
		},
		Passphrase: func() ([]byte, error) {
			if !r.canAskSecret() {
				return nil, errors.New(
					"the key has a passphrase, and nobody can be asked: add it to the agent with ssh-add")
			}
			line, err := r.askSecret(ctx, "Passphrase of the key: ")
			return []byte(line), err
		},
	}
	signer, err = keys.Signer()
	return signer, closeAgent, err
}
