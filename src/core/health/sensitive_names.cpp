#include "core/health/sensitive_names.h"

#include "core/base/text.h"

namespace migrate::health {

std::vector<std::string> SensitiveNames() {
  return SplitList(
      "2fa_code 2fa_secret access_token account_number activation_key api_key apikey auth_code auth_key "
      "backup_code bank_account bearer_token bic card_number certificate credit_card cvc cvn cvv device_uuid "
      "driver_license drivers_license facial_recognition gpg_key health_insurance health_record iban imei "
      "insurance_number jwt license_key license_number mac_address macaddr medical_insurance medical_record "
      "national_id oauth_token otp passphrase passport_id passport_number passwd password patient_id pgp_key "
      "private_key pwd recovery_code refresh_token routing_number secret secret_key session_id session_key "
      "session_secret session_token social_security social_security_number ssh_key ssn swift_code tax_id token "
      "treatment two_factor verification_code",
      ' ');
}

}  // namespace migrate::health
