package command

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/exit"
	"makesync/sync/makeapi"
	"makesync/sync/offline"
	"makesync/sync/render"
	"makesync/sync/state"
)

// pending is the state of an invitation that can be accepted.
const pending = "pending"

// acceptAllFlags are those of accept besides the hash's.
func acceptAllFlags() []cli.Flag {
	return []cli.Flag{
		&cli.BoolFlag{
			Name: "all",
			Usage: "accept every open invitation to an organization that --organization or a document of -f names, " +
				"instead of one by its HASH",
		},
		ownOrganizationFlag(),
	}
}

// readAcceptOptions tells accepting one from accepting all.
func readAcceptOptions(c *cli.Context, env Env) (o ownOptions, all bool, err error) {
	all = c.Bool("all")
	switch {
	case all == c.Args().Present():
		return o, all, badUsage(c, "invitation accept takes a HASH, or --all")
	case !all && c.IsSet("organization"):
		return o, all, badUsage(c, "--organization chooses among --all")
	}
	if o, err = readOwnOptions(c, env); err != nil {
		return o, all, err
	}
	if all && !o.selected && !o.documents.given {
		return o, all, badUsage(c, "--all needs --organization GLOB, or documents (-f) that name the organizations")
	}
	return o, all, nil
}

// mostAccepted bounds what one question lists, and what is sent after it.
const mostAccepted = 1000

// acceptAll lists, asks once, and accepts one after the other. One that fails leaves the others.
func acceptAll(ctx context.Context, r *runtimeEnv, o ownOptions) error {
	connected, name, err := invitationZone(r, o.invitationOptions, readWrite)
	if err != nil {
		return err
	}
	defer connected.close()
	p := connected.ports[name]
	if err := mayAccept(ctx, r, o.invitationOptions, p.client); err != nil {
		return err
	}
	list, err := ownInvitations(ctx, o, p)
	if err != nil {
		return err
	}
	if list, err = openOnes(ctx, r, o, name, list); err != nil {
		return err
	}
	if len(list) > mostAccepted {
		return failure{exit: exit.Invalid,
			message: strconv.Itoa(len(list)) + " open invitations are chosen, and at most " +
				strconv.Itoa(mostAccepted) + " are accepted at once; nothing was accepted",
			hint: "choose fewer of them with --organization"}
	}
	if len(list) > 0 {
		if err := r.confirm(ctx, yesOrNo(acceptQuestion(list)), o.yes); err != nil {
			return err
		}
	}
	code := acceptEach(ctx, r, p.client, o.invitationOptions, list)
	res := ownResult{name, p.endpoint.Sandbox != nil, list}
	if err := r.emit(res, o.result, r.render(o.result, "")); err != nil {
		return err
	}
	return end(code)
}

// acceptEach accepts one after the other, and notes what has become of each. A signal to stop ends
// it, and so does a token that the zone does not accept any more, which is told once.
func acceptEach(
	ctx context.Context, r *runtimeEnv, client *makeapi.Client, o invitationOptions, list []makeapi.OwnInvitation,
) exit.Code {
	code, accepted := exit.OK, 0
	o.yes = true
	for i := range list {
		if client.Refused() != nil || ctx.Err() != nil {
			break
		}
		o.hash = list[i].Hash.Reveal()
		asked := makeapi.Invitation{Organization: list[i].Organization, RoleID: list[i].RoleID, State: pending}
		after, err := accept(ctx, r, client, asked, o)
		switch list[i].State = after.State; {
		case err == nil:
			accepted++
		case !state.IsTokenRefused(err):
			code = exit.Partial
			name := render.Clean(asked.Organization.Name)
			r.printError(fmt.Errorf("accept the invitation to %s: %w", name, err), code)
		}
	}
	if refused := client.Refused(); refused != nil && accepted < len(list) {
		if accepted == 0 && code == exit.OK { // no write was sent
			code = exit.Refused
		} else {
			code = exit.Partial
		}
		left := text.Count(len(list)-accepted, "invitation was", "invitations were")
		r.printError(fmt.Errorf("%s not accepted: %w", left, refused), code)
	}
	if ctx.Err() != nil && accepted < len(list) {
		code = exit.Worst(exit.Partial, exit.StopExit(ctx))
	}
	return code
}

// mayAccept refuses what the guards in force do not let happen: that the token's user becomes a
// member, or anything that nobody has approved. Policies have nothing to look at: they judge plans,
// and an acceptance is a step of none.
func mayAccept(ctx context.Context, r *runtimeEnv, o invitationOptions, client *makeapi.Client) error {
	documents, problems, err := zoneDocuments(r.Env, o.documents)
	if err != nil {
		return invalid(problems)
	}
	trusted, more := loadTrusted(r.Env, o.documents)
	if problems = slices.Concat(problems, more, documents.Tighten(trusted)); spec.HasErrors(problems) {
		return invalid(problems)
	}
	guards := documents.Guards()
	if guards.Approvals > 0 {
		return failure{exit: exit.Held,
			message: "a file of guards wants what is changed approved by " + people(guards.Approvals) +
				", and nobody can approve an acceptance; nothing was accepted",
			hint: "accept without that file, if the acceptance is yours alone to decide"}
	}
	if len(guards.EmailLists) == 0 {
		return nil
	}
	me, err := client.Me(ctx)
	if err != nil {
		return err
	}
	if why := guards.RefusedBy(spec.NormalEmail(me.Email)); why != "" {
		return failure{exit: exit.Held, message: "the token's user " + text.OneLine(why) + "; nothing was accepted",
			hint: "use the token of somebody whom the guard lets in, or add a pattern to it"}
	}
	return nil
}

// openOnes are the invitations that can be accepted, of organizations that documents name where no
// pattern chooses.
func openOnes(
	ctx context.Context, r *runtimeEnv, o ownOptions, zone string, list []makeapi.OwnInvitation,
) ([]makeapi.OwnInvitation, error) {
	open := slices.DeleteFunc(slices.Clone(list), func(i makeapi.OwnInvitation) bool { return i.State != pending })
	if o.selected {
		return open, nil
	}
	documents := o.documents
	documents.skipReferences = true
	found := load(ctx, r.Env, documents, o.zones, online)
	if spec.HasErrors(found.problems) {
		return nil, invalid(found.problems)
	}
	named := offline.NeededOf(found.desired, zone)
	return slices.DeleteFunc(open, func(i makeapi.OwnInvitation) bool {
		live := &state.Organization{Organization: spec.Organization{ID: i.Organization.ID, Name: i.Organization.Name}}
		return named.Of(live) == nil
	}), nil
}

func acceptQuestion(list []makeapi.OwnInvitation) string {
	var words strings.Builder
	for _, i := range list {
		fmt.Fprintf(&words, "  %s (id %d)\n", render.Clean(i.Organization.Name), i.Organization.ID)
	}
	return words.String() + "Accept " + text.Count(len(list), "invitation", "invitations") + "?"
}
