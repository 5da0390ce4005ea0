package ecosystems

// What tables leave out, rule by rule.
var (
	OpenBankingUKBase, OpenBankingUKRules         = openBankingUK, openBankingUKRules
	OpenFinanceBrazilBase, OpenFinanceBrazilRules = openFinanceBrazil, openFinanceBrazilRules
	CDRBase, CDRRules                             = cdr, cdrRules
	ConnectIDBase, ConnectIDRules                 = connectID, connectIDRules
)
