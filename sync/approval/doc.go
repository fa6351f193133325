// Package approval has people sign plans with SSH keys, and counts who has. A plan in its JSON form
// and a key go in, a statement and its signature come out; statements, signatures and a file of
// approvers go in, a verdict comes out: who counts, who does not, and why.
//
//	statement, err := approval.Of(plan, now, until, nil)
//	file, err := approval.Sign(statement, signer)
//	approvers, problems := approval.ParseApprovers(text, time.Local)
//	verdict := approvers.Verify(statement, files, now, 2)
//
// What is signed is a text that people can read: the digest of the plan, the zones with their
// hosts, the organizations with their ids and names, the consequences of what is destructive or
// cannot be undone, when it is signed, and until when it counts. But for the times it is the same
// for every plan of the same changes to the same organizations, so an approval outlives a new plan
// that changes nothing. What is noted beside other changes is left out: it may be other words each
// night. Beside plan.json the folder plan.json.approval holds FINGERPRINT.txt and
// FINGERPRINT.txt.sig. The signature is an SSHSIG in the namespace makesync-plan:
//
//	ssh-keygen -Y verify -f allowed_signers -I jane@acme.example -n makesync-plan \
//	  -s plan.json.approval/FINGERPRINT.txt.sig < plan.json.approval/FINGERPRINT.txt
//
// # Who counts
//
// The approvers file is OpenSSH's allowed_signers, with cert-authority, namespaces, valid-after and
// valid-before. It is trusted; statements and signatures are not. Where ssh-keygen asks whether a
// key may sign for a given name, here names are counted, and that wants more:
//
//   - A key counts once, under however many names it is listed. Names that share a key are one
//     person, and so are names that differ in case only, or in a dot at their end.
//   - A pattern (*@acme.example) names nobody. It serves beside cert-authority, where the
//     certificate brings the name; exactly one of the certificate's names must fit.
//   - Names are ASCII, so that two that look alike are the same.
//   - RSA keys have 2048 bits or more and sign with SHA-2; DSA keys do not count.
//
// A file that cannot be read, is about another plan or has expired never counts, and never keeps
// another from counting: adding a signature does not lower the count.
package approval
