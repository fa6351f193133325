package command

import (
	"context"
	"fmt"
	"io"

	"github.com/urfave/cli/v2"

	"makesync/spec"
	"makesync/sync/exit"
	"makesync/sync/makeapi"
	"makesync/sync/plan"
	"makesync/sync/render"
	"makesync/sync/state"
)

// invitationOptions are the options of both commands.
type invitationOptions struct {
	hash      string
	documents documentOptions
	zones     zoneOptions
	result    resultOptions
	yes       bool // accept only
}

func invitationCommand(r *runtimeEnv) *cli.Command {
	return &cli.Command{
		Name:  "invitation",
		Usage: "list, show or accept invitations",
		Description: "The hash of one is the last part of the link in the e-mail. " +
			"Only the invited person can accept, with a token of their own; list and accept --all need no e-mail.",
		Subcommands: []*cli.Command{
			invitationListCommand(r),
			invitationShowCommand(r),
			invitationAcceptCommand(r),
		},
	}
}

const exampleHash = "2f7f3c1e-0f5a-4a52-9d0c-6a2f6d3f3f10"

func invitationShowCommand(r *runtimeEnv) *cli.Command {
	return &cli.Command{
		Name:      "show",
		Usage:     "show what an invitation is for",
		ArgsUsage: "HASH",
		UsageText: "makesync invitation show --zone eu1 " + exampleHash,
		Flags:     invitationFlags(),
		Action: r.action(arity{min: 1, max: 1, name: "HASH"}, func(c *cli.Context) error {
			o, err := readInvitationOptions(c, r.Env)
			if err != nil {
				return err
			}
			return tellInvalid(c, r, withInvitation(c.Context, r, o, readOnly))
		}),
	}
}

func invitationAcceptCommand(r *runtimeEnv) *cli.Command {
	return &cli.Command{
		Name:      "accept",
		Usage:     "accept invitations as the token's own user",
		ArgsUsage: "[HASH]",
		UsageText: "makesync invitation accept --zone eu1 " + exampleHash + "\n" +
			"makesync invitation accept --zone eu1 --all --organization 'acme*'",
		Flags: joined([]cli.Flag{
			&cli.BoolFlag{Name: "yes", Usage: "answer the question with yes"},
			guardsFlag("`FILE` guards outside the documents, whose emails have to let the token's user in; " +
				"repeatable, beside "),
		}, acceptAllFlags(), invitationFlags()),
		Action: r.action(arity{min: 0, max: 1, name: "HASH"}, func(c *cli.Context) error {
			o, all, err := readAcceptOptions(c, r.Env)
			if err != nil {
				return err
			}
			if all {
				return tellInvalid(c, r, acceptAll(c.Context, r, o))
			}
			return tellInvalid(c, r, withInvitation(c.Context, r, o.invitationOptions, readWrite))
		}),
	}
}

func invitationFlags() []cli.Flag {
	return joined([]cli.Flag{
		fileFlag("`PATH` documents, for their zones; repeatable (default: makesync.yaml if it is there)"),
		zoneFlag("`NAME` the zone of the organization (default: MAKE_ZONE)"),
	}, zoneFlags(), resultFlags(resultFile("invitation", "invitations"), formatText, formatJSON), logFlags())
}

func readInvitationOptions(c *cli.Context, env Env) (o invitationOptions, err error) {
	o.hash, o.documents, o.yes = c.Args().First(), readDocumentOptions(c), c.Bool("yes")
	if o.documents.zone = o.documents.defaultZone(env); o.documents.zone == "" {
		return o, badUsage(c, "which zone? give --zone NAME, or set MAKE_ZONE")
	}
	if o.zones, err = readZoneOptions(c); err != nil {
		return o, err
	}
	o.result, err = readResultOptions(c, env, formatText, formatJSON)
	return o, err
}

// withInvitation reads the invitation and prints it, or accepts it.
func withInvitation(ctx context.Context, r *runtimeEnv, o invitationOptions, may access) error {
	connected, name, err := invitationZone(r, o, may)
	if err != nil {
		return err
	}
	defer connected.close()
	client := connected.ports[name].client
	if may == readWrite {
		if err := mayAccept(ctx, r, o, client); err != nil {
			return err
		}
	}
	invitation, err := client.Invitation(ctx, o.hash)
	if err != nil {
		return err
	}
	if may == readWrite {
		if invitation, err = accept(ctx, r, client, invitation, o); err != nil {
			return err
		}
	}
	res := invitationResult{name, invitation, connected.ports[name].endpoint.Sandbox != nil}
	return r.emit(res, o.result, r.render(o.result, ""))
}

// invitationZone connects the one zone, and gives its name.
func invitationZone(r *runtimeEnv, o invitationOptions, may access) (*zones, string, error) {
	if may == readWrite {
		if err := o.result.checkPlace(); err != nil {
			return nil, "", err
		}
	}
	documents, problems, err := zoneDocuments(r.Env, o.documents)
	if err != nil {
		return nil, "", invalid(problems)
	}
	if problems := unknownZone(documents, o.documents.zone, o.zones); len(problems) > 0 {
		return nil, "", invalid(problems)
	}
	name := spec.ZoneName(o.documents.zone, documents.Zones())
	connected, problems, err := connectNamed(r, []plan.Zone{{Name: name}}, documents, o.documents, o.zones, may)
	if err != nil {
		return nil, "", firstProblem(problems, err)
	}
	p, known := connected.ports[name]
	switch {
	case !known:
		return nil, "", failure{
			exit:    exit.Invalid,
			message: "there is no zone " + name,
			hint:    "declare it in a document and name that with -f, or give --zone-url",
		}
	case p.client == nil:
		return nil, "", p.refusal
	}
	return connected, name, nil
}

func firstProblem(problems []spec.Problem, err error) error {
	if len(problems) == 0 {
		return err
	}
	return failure{exit: exit.Invalid, message: problems[0].Message, hint: problems[0].Hint}
}

// accept asks, and accepts. When the answer to the request is lost, reading tells whether it
// happened.
func accept(
	ctx context.Context, r *runtimeEnv, client *makeapi.Client, i makeapi.Invitation, o invitationOptions,
) (makeapi.Invitation, error) {
	if i.State == "" {
		return i, nil // it was accepted before
	}
	q := yesOrNo(fmt.Sprintf("Accept the invitation to %s (id %d)?",
		render.Clean(i.Organization.Name), i.Organization.ID))
	if err := r.confirm(ctx, q, o.yes); err != nil {
		return i, err
	}
	now, err := client.Invitation(ctx, o.hash)
	switch call := state.AsCallError(err); {
	case call != nil && call.Class == exit.ClassNotFound:
		return i, failure{exit: exit.OfClass(call.Class),
			message: "the invitation is not there any more: it was accepted or withdrawn meanwhile; nothing was sent",
			hint:    "list the invitations that are open, and whether you are a member already"}
	case err != nil:
		return i, err
	case now.State == "":
		return now, nil
	}
	if err := sameInvitation(i, now); err != nil {
		return now, err
	}
	_, err = client.Write(ctx, plan.Write{
		Verb: plan.AcceptInvitation, Organization: i.Organization.ID, Arguments: plan.Arguments{Name: o.hash},
	})
	if call := state.AsCallError(err); err != nil && (call == nil || call.Certainty == state.NotHappened) {
		return i, err
	}
	after, readErr := client.Invitation(ctx, o.hash)
	if readErr != nil || after.State != "" {
		if err == nil {
			i.State = "" // the zone said yes, and now forgets the hash
			return i, nil
		}
		return i, failure{
			exit:    exit.Partial,
			message: "nobody can say whether the invitation was accepted",
			cause:   err,
			hint:    "look with `makesync invitation show HASH`, or in Make",
		}
	}
	return after, nil
}

// sameInvitation refuses to accept what is not what was shown: while the question waited for its
// answer somebody may have invited her again, as somebody else or to something else.
func sameInvitation(shown, now makeapi.Invitation) error {
	what := ""
	switch {
	case now.Organization.ID != shown.Organization.ID:
		what = fmt.Sprintf("it is to %s (id %d) now", render.Clean(now.Organization.Name), now.Organization.ID)
	case shown.RoleID != 0 && now.RoleID != shown.RoleID:
		what = fmt.Sprintf("it is for the role with the id %d now", now.RoleID)
	case now.State != shown.State:
		what = "it is " + render.Clean(now.State) + " now"
	default:
		return nil
	}
	return failure{
		exit:    exit.Partial,
		message: "the invitation was not accepted: " + what + ", and was not when it was shown",
		hint:    "look at it with `makesync invitation show HASH`, and decide again",
	}
}

// invitationResult is an invitation for people and programs.
type invitationResult struct {
	zone string
	makeapi.Invitation
	sandbox bool
}

func (i invitationResult) state() string {
	if i.State == "" {
		return "accepted"
	}
	return i.State
}

const invitationText = `organization  %s (id %d)
zone          %s
invited       %s
role          id %d
invitation    %s
`

func (i invitationResult) text(w io.Writer, _ render.Options) error {
	zone := i.zone
	if i.sandbox {
		zone += " (SANDBOX)"
	}
	_, err := fmt.Fprintf(w, invitationText, render.Clean(i.Organization.Name), i.Organization.ID, render.Clean(zone),
		render.Clean(i.User.Email), i.RoleID, render.Clean(i.state()))
	return err
}

func (i invitationResult) json(w io.Writer) error {
	type named struct {
		ID   int64  `json:"id"`
		Name string `json:"name"`
	}
	organization := named{i.Organization.ID, i.Organization.Name}
	return render.JSON(w, struct {
		Format       string     `json:"format"`
		Zone         string     `json:"zone"`
		Sandbox      bool       `json:"sandbox,omitempty"`
		Organization named      `json:"organization"`
		User         state.User `json:"user"`
		RoleID       int64      `json:"roleId"`
		Invitation   string     `json:"invitation"`
	}{"makesync.invitation/v1", i.zone, i.sandbox, organization, i.User, i.RoleID, i.state()})
}
