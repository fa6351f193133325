package lock

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"

	"golang.org/x/sys/windows"
)

// Machine is the place that all processes of this machine share, whoever started them: named
// mutexes of all sessions. That one exists is what counts, and it does as long as some process has
// it open; nobody owns it, since owning is for a thread.
func Machine() (Place, error) { return objects{}, nil }

type objects struct{}

// everybody may open the objects: SYNCHRONIZE and MUTANT_QUERY_STATE, READ_CONTROL.
const everybody = "D:(A;;0x120001;;;WD)(A;;GA;;;OW)"

func (objects) path(zone, of string) (*uint16, error) {
	hash := sha256.Sum256([]byte(zone))
	return windows.UTF16PtrFromString(fmt.Sprintf(`Global\makesync-%x-%s`, hash[:16], of))
}

// make opens the object of a name; existed tells whether somebody had it open.
func (o objects) make(zone, of string) (handle windows.Handle, existed bool, err error) {
	path, err := o.path(zone, of)
	if err != nil {
		return 0, false, err
	}
	descriptor, err := windows.SecurityDescriptorFromString(everybody)
	if err != nil {
		return 0, false, err
	}
	attributes := &windows.SecurityAttributes{SecurityDescriptor: descriptor}
	handle, err = windows.CreateMutexEx(attributes, path, 0, windows.SYNCHRONIZE)
	if errors.Is(err, windows.ERROR_ALREADY_EXISTS) {
		return handle, true, nil
	}
	return handle, false, err
}

func (o objects) enter(ctx context.Context, zone string) (func(), error) {
	var gate windows.Handle
	err := passGate(ctx, func() (bool, error) {
		handle, existed, err := o.make(zone, nameGate)
		if existed {
			return false, windows.CloseHandle(handle)
		}
		gate = handle
		return err == nil, err
	})
	if err != nil {
		return nil, err
	}
	return func() { _ = windows.CloseHandle(gate) }, nil
}

func (o objects) hold(zone, of string, _ bool, _ Owner) (name, error) {
	handle, _, err := o.make(zone, of)
	if err != nil {
		return nil, err
	}
	return heldObject(handle), nil
}

type heldObject windows.Handle

func (h heldObject) release() error { return windows.CloseHandle(windows.Handle(h)) }

func (heldObject) stale() *Owner { return nil }

// holder: an object does not tell who has it open.
func (o objects) holder(zone, of string) (Owner, bool, error) {
	path, err := o.path(zone, of)
	if err != nil {
		return Owner{}, false, err
	}
	handle, err := windows.OpenMutex(windows.SYNCHRONIZE, false, path)
	switch {
	case errors.Is(err, windows.ERROR_FILE_NOT_FOUND):
		return Owner{}, false, nil
	case errors.Is(err, windows.ERROR_ACCESS_DENIED):
		return Owner{}, true, nil
	case err != nil:
		return Owner{}, false, err
	}
	return Owner{}, true, windows.CloseHandle(handle)
}
