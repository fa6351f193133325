package command

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/urfave/cli/v2"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/exit"
	"makesync/sync/export"
	"makesync/sync/makeapi"
	"makesync/sync/offline"
	"makesync/sync/render"
	"makesync/sync/state"
)

// pending is the state of an invitation that can be accepted.
const pending = "pending"

// ownOptions are those of commands about all invitations to the token's user.
type ownOptions struct {
	invitationOptions
	selector *export.Selector
	selected bool // --organization was given
}

func invitationListCommand(r *runtimeEnv) *cli.Command {
	return &cli.Command{
		Name:      "list",
		Usage:     "the invitations to the token's own user",
		UsageText: "makesync invitation list --zone eu1",
		Flags:     joined([]cli.Flag{ownOrganizationFlag()}, invitationFlags()),
		Action: r.action(noArguments, func(c *cli.Context) error {
			o, err := readOwnOptions(c, r.Env)
			if err != nil {
				return err
			}
			return tellInvalid(c, r, listOwn(c.Context, r, o))
		}),
	}
}

func ownOrganizationFlag() cli.Flag {
	return &cli.StringSliceFlag{
		Name:  "organization",
		Usage: "only invitations to organizations whose name fits the `GLOB`, without case; repeatable",
	}
}

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

func readOwnOptions(c *cli.Context, env Env) (o ownOptions, err error) {
	if o.invitationOptions, err = readInvitationOptions(c, env); err != nil {
		return o, err
	}
	o.selected = c.IsSet("organization")
	if o.selector, err = export.NewSelector(c.StringSlice("organization")); err != nil {
		return o, badUsage(c, "--organization: %s", err)
	}
	return o, nil
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

// ownInvitations reads the invitations that are chosen, of organizations that live in the zone.
func ownInvitations(ctx context.Context, o ownOptions, p port) ([]makeapi.OwnInvitation, error) {
	list, err := makeapi.OwnInvitations(ctx, p.client)
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(i makeapi.OwnInvitation) bool {
		elsewhere := i.Host != "" && !slices.Contains(p.endpoint.Hosts, i.Host)
		return elsewhere || !o.selector.Selects(i.Organization.Name, "")
	})
	if unmatched := o.selector.Unmatched("the invitations of the token's user"); len(unmatched) > 0 {
		return nil, invalid(unmatched)
	}
	return list, nil
}

func listOwn(ctx context.Context, r *runtimeEnv, o ownOptions) error {
	connected, name, err := invitationZone(r, o.invitationOptions, readOnly)
	if err != nil {
		return err
	}
	defer connected.close()
	list, err := ownInvitations(ctx, o, connected.ports[name])
	if err != nil {
		return err
	}
	res := ownResult{name, connected.ports[name].endpoint.Sandbox != nil, list}
	return r.emit(res, o.result, r.render(o.result, ""))
}

// acceptAll lists, asks once, and accepts one after the other. One that fails leaves the others.
func acceptAll(ctx context.Context, r *runtimeEnv, o ownOptions) error {
	connected, name, err := invitationZone(r, o.invitationOptions, readWrite)
	if err != nil {
		return err
	}
	defer connected.close()
	p := connected.ports[name]
	list, err := ownInvitations(ctx, o, p)
	if err != nil {
		return err
	}
	if list, err = openOnes(ctx, r, o, name, list); err != nil {
		return err
	}
	if len(list) > 0 {
		q := question{text: acceptQuestion(list), yesNo: true}
		if err := r.confirm(ctx, q, o.yes); err != nil {
			return err
		}
	}
	var failed error
	for i := range list {
		one := o.invitationOptions
		one.hash, one.yes = list[i].Hash.Reveal(), true
		asked := makeapi.Invitation{Organization: list[i].Organization, State: pending}
		after, err := accept(ctx, r, p.client, asked, one)
		if list[i].State = after.State; err != nil {
			failed = fmt.Errorf("accept the invitation to %s: %w", render.Clean(asked.Organization.Name), err)
			r.printError(failed, exit.Partial)
		}
	}
	res := ownResult{name, p.endpoint.Sandbox != nil, list}
	if err := r.emit(res, o.result, r.render(o.result, "")); err != nil || failed == nil {
		return err
	}
	return end(exit.Partial)
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
	found := load(ctx, r.Env, documents, o.zones.urls, online)
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
	words := ""
	for _, i := range list {
		words += fmt.Sprintf("  %s (id %d)\n", render.Clean(i.Organization.Name), i.Organization.ID)
	}
	return words + "Accept " + text.Count(len(list), "invitation", "invitations") + "? [y/N] "
}

// ownResult are invitations without their hashes.
type ownResult struct {
	zone    string
	sandbox bool
	list    []makeapi.OwnInvitation
}

func stateWord(s string) string {
	if s == "" {
		return "accepted"
	}
	return render.Clean(s)
}

func (o ownResult) text(w io.Writer, _ render.Options) error {
	zone := render.Clean(o.zone)
	if o.sandbox {
		zone += " (SANDBOX)"
	}
	words := fmt.Sprintf("%s in zone %s\n", text.Count(len(o.list), "invitation", "invitations"), zone)
	for _, i := range o.list {
		words += fmt.Sprintf("  %-9s  %s (id %d), role id %d\n",
			stateWord(i.State), render.Clean(i.Organization.Name), i.Organization.ID, i.RoleID)
	}
	_, err := io.WriteString(w, words)
	return err
}

func (o ownResult) json(w io.Writer) error {
	type row struct {
		ID         int64  `json:"id"`
		Name       string `json:"name"`
		RoleID     int64  `json:"roleId"`
		Invitation string `json:"invitation"`
	}
	rows := []row{}
	for _, i := range o.list {
		rows = append(rows, row{i.Organization.ID, i.Organization.Name, i.RoleID, stateWord(i.State)})
	}
	return render.JSON(w, struct {
		Format      string `json:"format"`
		Zone        string `json:"zone"`
		Sandbox     bool   `json:"sandbox,omitempty"`
		Invitations []row  `json:"invitations"`
	}{"makesync.invitations/v1", o.zone, o.sandbox, rows})
}
