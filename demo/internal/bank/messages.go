package bank

// CommitAnswer is the ledger's answer to a transfer.
type CommitAnswer struct {
	Commit   Commit `json:"commit"`
	Replayed bool   `json:"replayed"` // true if the transfer stood in the books before
}

// Balances is what the ledger tells the accounts service. Full replaces all
// balances; otherwise only the listed ones change. Seq orders updates of one
// Epoch; another epoch means another set of books and needs a Full first.
type Balances struct {
	Epoch string           `json:"epoch"`
	Seq   uint64           `json:"seq"`
	Full  bool             `json:"full"`
	Minor map[string]int64 `json:"minor"`
}

// Profile is what the accounts service tells the risk service of an account.
type Profile struct {
	Account   Account `json:"account"`
	Rechecked bool    `json:"rechecked"` // true if risk was asked back
	Flagged   bool    `json:"flagged"`   // true if that re-check objected
}

// Recheck is the accounts service's question back to risk.
type Recheck struct {
	AccountID   string `json:"account_id"`
	AmountMinor int64  `json:"amount_minor"`
}

// Assessment is risk's answer: approved, or why not.
type Assessment struct {
	Approved  bool   `json:"approved"`
	Reason    string `json:"reason,omitempty"`
	Rechecked bool   `json:"rechecked"`
}

// Notification tells a customer of a settled transfer.
type Notification struct {
	AccountID  string `json:"account_id"`
	TransferID string `json:"transfer_id"`
	Text       string `json:"text"`
}

// StatementLine is one movement of an account. PostedMinor is signed as the
// account sees it; SettledMinor is what settlement recorded, absent if it no
// longer knows the transfer.
type StatementLine struct {
	Commit       Commit `json:"commit"`
	PostedMinor  int64  `json:"posted_minor"`
	SettledMinor *int64 `json:"settled_minor,omitempty"`
}

// Statement is an account's balance and its latest movements, newest first.
type Statement struct {
	Account Account         `json:"account"`
	Lines   []StatementLine `json:"lines"`
}

// Mismatch is a transfer whose settled amount is not what the ledger posted.
type Mismatch struct {
	TransferID   string `json:"transfer_id"`
	Currency     string `json:"currency"`
	SettledMinor int64  `json:"settled_minor"`
	PostedMinor  int64  `json:"posted_minor"`
	TraceID      string `json:"trace_id,omitempty"`
}

// Reconciliation compares settlement's records with the ledger's commits.
type Reconciliation struct {
	Compared   int        `json:"compared"`
	Mismatches []Mismatch `json:"mismatches"`
}
