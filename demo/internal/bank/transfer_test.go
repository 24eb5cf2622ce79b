package bank

import (
	"strings"
	"testing"
)

func TestTransferValidate(t *testing.T) {
	valid := Transfer{From: "C000001", To: "C000002", AmountMinor: 1, Currency: CNY}
	tests := []struct {
		name   string
		change func(*Transfer)
		want   string // part of the error; empty for none
	}{
		{"valid", func(*Transfer) {}, ""},
		{"largest amount", func(t *Transfer) { t.AmountMinor = MaxAmountMinor }, ""},
		{"no payer", func(t *Transfer) { t.From = "" }, "must name accounts"},
		{"same account", func(t *Transfer) { t.To = t.From }, "same account"},
		{"the bank's account", func(t *Transfer) { t.From = CapitalID(CNY) }, "customer accounts"},
		{"path in a name", func(t *Transfer) { t.To = "C../../" }, "customer accounts"},
		{"nothing", func(t *Transfer) { t.AmountMinor = 0 }, "amount_minor"},
		{"negative", func(t *Transfer) { t.AmountMinor = -5 }, "amount_minor"},
		{"too much", func(t *Transfer) { t.AmountMinor = MaxAmountMinor + 1 }, "amount_minor"},
		{"unknown currency", func(t *Transfer) { t.Currency = "XXX" }, "currency"},
		{"long memo", func(t *Transfer) { t.Memo = strings.Repeat("汇", 141) }, "memo"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			transfer := valid
			tt.change(&transfer)
			err := transfer.Validate()
			if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
}

func TestTransferID(t *testing.T) {
	a, err := TransferID("key-1")
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := TransferID("key-1"); again != a {
		t.Error("the same key gave another ID")
	}
	if other, _ := TransferID("key-2"); other == a {
		t.Error("another key gave the same ID")
	}
	for _, bad := range []string{"", strings.Repeat("k", 101), "a b", "a\n", "钱"} {
		if _, err := TransferID(bad); err == nil {
			t.Errorf("key %q was taken", bad)
		}
	}
}

func TestChartAgreesWithNames(t *testing.T) {
	frozen := 0
	for _, account := range Chart(200) {
		if !IsCustomer(account.ID) || CurrencyOf(account.ID) != account.Currency {
			t.Errorf("account %+v does not follow from its name", account)
		}
		if account.Status == Frozen {
			frozen++
		}
	}
	if frozen != 2 {
		t.Errorf("%d frozen accounts, want 2", frozen)
	}
	if CurrencyOf(CapitalID(USD)) != USD || CurrencyOf("x") != "" {
		t.Error("currency of the bank's own or of an unknown account")
	}
}
