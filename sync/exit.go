package sync

// Exit is a process exit code with its name.
type Exit struct {
	Code int    `json:"code"`
	Name string `json:"name"`
}

// The exits, as the README lists them.
var (
	ExitOK            = Exit{0, "ok"}
	ExitInternal      = Exit{1, "internal"}
	ExitChanges       = Exit{2, "changes"}
	ExitInvalid       = Exit{3, "invalid"}
	ExitPartial       = Exit{4, "partial"}
	ExitHeld          = Exit{5, "held"}
	ExitPartlyVisible = Exit{6, "partly-visible"}
	ExitRefused       = Exit{7, "refused"}
	ExitUnreachable   = Exit{8, "unreachable"}
	ExitStale         = Exit{9, "stale"}
	ExitUsage         = Exit{64, "usage"}
	ExitInterrupted   = Exit{130, "interrupted"}
	ExitTerminated    = Exit{143, "interrupted"}
)

// precedence is the order in which the first match wins.
var precedence = []Exit{
	ExitUsage, ExitInvalid, ExitInterrupted, ExitTerminated, ExitInternal, ExitStale, ExitPartial,
	ExitRefused, ExitUnreachable, ExitPartlyVisible, ExitHeld, ExitChanges,
}

// Worst is the exit that wins among those that apply; ExitOK when none does.
func Worst(exits ...Exit) Exit {
	for _, candidate := range precedence {
		for _, e := range exits {
			if e == candidate {
				return candidate
			}
		}
	}
	return ExitOK
}
