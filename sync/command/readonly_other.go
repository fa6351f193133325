//go:build !unix

package command

func onReadOnlyDisk(string) bool { return false }
