package command

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"makesync/spec/text"
	"makesync/sync/export"
	"makesync/sync/makeapi"
	"makesync/sync/render"
	"makesync/sync/state"
)

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
	var words strings.Builder
	fmt.Fprintf(&words, "%s in zone %s\n", text.Count(len(o.list), "invitation", "invitations"), zone)
	for _, i := range o.list {
		fmt.Fprintf(&words, "  %-9s  %s (id %d), role %s\n", stateWord(i.State),
			render.Clean(i.Organization.Name), i.Organization.ID, state.RoleName(nil, state.FormatID(i.RoleID)))
	}
	_, err := io.WriteString(w, words.String())
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
