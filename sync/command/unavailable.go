package command

import (
	"context"

	"makesync/spec"
	"makesync/sync/exit"
	"makesync/sync/state"
)

// noToken is the answer of a zone for which there is no token.
func noToken(e spec.Endpoint) *state.CallError {
	return &state.CallError{
		Message: "no token for zone " + e.Name, Class: exit.ClassRefused, Hint: e.Why,
	}
}

// unavailable stands for a zone that cannot be asked.
type unavailable struct{ err *state.CallError }

func (z unavailable) Me(context.Context) (state.User, error) { return state.User{}, z.err }

func (z unavailable) Organizations(context.Context) ([]*state.Organization, error) { return nil, z.err }

func (z unavailable) OrganizationNames(context.Context) ([]*state.Organization, error) {
	return nil, z.err
}

func (z unavailable) RoleRow(context.Context, int64, int64) (*state.RoleRow, error) {
	return nil, z.err
}

func (z unavailable) Names(context.Context, state.List, int64) ([]state.Name, error) {
	return nil, z.err
}

func (z unavailable) Organization(context.Context, int64, bool) (*state.Organization, error) {
	return nil, z.err
}

func (z unavailable) Read(context.Context, *state.Organization, spec.Kind) error { return z.err }

func (z unavailable) FindUser(context.Context, int64, string) (int64, error) { return 0, z.err }
