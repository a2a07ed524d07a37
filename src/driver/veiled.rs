//! Whether the answer to a question is not to be seen: a guess by the words of it. A step has no
//! terminal that could be asked whether it echoes, so in doubt an answer is hidden; the operator can
//! show it while it is typed.

/// Parts of words of which no other word is made: sudo, ssh, psql, mysql and gpg ask with them, in
/// the languages in which they do. In small letters.
const PARTS: &str = "password | passwd | passphrase | pass phrase | passcode | passwort | kennwort | \
     kennphrase | mot de passe | phrase de passe | phrase secr | contraseñ | contrasen | \
     contrasinal | pasahitz | palavra-passe | palavra passe | senha | hasło | hasła | \
     haslo | парол | 密码 | 密碼 | 口令 | パスワード | パスフレーズ | 暗証番号 | 暗号 | 암호 | 비밀번호 | wachtwoord | \
     lösenord | adgangskode | kodeord | passord | salasana | jelsz | lozinka | lozinku | \
     şifre | κωδικ | סיסמ | كلمة المرور | كلمة السر | รหัสผ่าน | mật khẩu | kata sandi | \
     pasvort | geheim | one-time | one time | einmalcode | api key | api-key | \
     private key | access key";

/// What is hidden as a word of its own only, with or without an `s`.
const WORDS: &str = "pin | otp | totp | 2fa | mfa | tan | token | secret | apikey | parola | parolă | \
     parolanız | heslo | hesla | geslo | clave | credential | jeton | пин | wachtzin";

/// Codes that are asked for: one of these, and a word for a code.
const CODES: &str = "verif | vérif | authenticat | authentif | bestätigung | prüf | security | sicherheit | \
     验证 | 認証";
const CODE: &str = "code | kod | código | codice | cód | код | 码 | コード";

/// Whether the answer to a line, which is in small letters, is not to be seen.
pub(super) fn is_veiled(line: &str) -> bool {
    let has = |parts: &str| parts.split(" | ").any(|part| line.contains(part));
    let mut words = line.split(|c: char| !c.is_alphanumeric());
    let word = |word: &str| {
        let one = word.strip_suffix('s').unwrap_or(word);
        WORDS.split(" | ").any(|veiled| veiled == word || veiled == one)
    };
    has(PARTS) || words.any(word) || (has(CODES) && has(CODE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_asks_for_a_secret_in_whatever_language_is_not_shown() {
        for line in [
            "Password: ",
            "[sudo] password for deploy: ",
            "deploy@web1's password:",
            "Password for user shop: ",
            "Enter password: ",
            "New UNIX password",
            "Enter passphrase for key '/home/deploy/.ssh/id_ed25519': ",
            "Enter PEM pass phrase:",
            "[sudo] Passwort für deploy: ",
            "Passwort für Benutzer shop: ",
            "Datenbankkennwort eingeben",
            "[sudo] Mot de passe de deploy : ",
            "Mot de passe pour l’utilisateur shop :",
            "[sudo] contraseña para deploy: ",
            "[sudo] senha para deploy: ",
            "Palavra-passe: ",
            "[sudo] hasło użytkownika deploy: ",
            "[sudo] пароль для deploy: ",
            "ПАРОЛЬ",
            "[sudo] deploy 的密码：",
            "[sudo] deploy のパスワード:",
            "[sudo] deploy의 암호: ",
            "[sudo] deploy için parola: ",
            "[sudo] wachtwoord voor deploy: ",
            "[sudo] lösenord för deploy: ",
            "[sudo] adgangskode for deploy: ",
            "[sudo] passord for deploy: ",
            "[sudo] käyttäjän deploy salasana: ",
            "[sudo] heslo pro deploy: ",
            "[sudo] deploy jelszava: ",
            "[sudo] κωδικός πρόσβασης του χρήστη deploy: ",
            "Enter PIN for 'YubiKey': ",
            "PIN?",
            "OTP",
            "One-time code: ",
            "Verification code: ",
            "Code de vérification : ",
            "Código de verificación: ",
            "Bestätigungscode: ",
            "Enter the authentication code",
            "Vault token: ",
            "client_secret = ",
            "API key: ",
            "Tokens? ",
        ] {
            assert!(is_veiled(&line.to_lowercase()), "{line}");
        }
        for line in [
            "Really drop the table? [y/N] ",
            "Which release? ",
            "Name of the host: ",
            "Are you sure you want to continue connecting (yes/no)? ",
            "Pinned version: ",
            "Spinning up 3 workers ",
            "Shipping address: ",
            "Exit code: ",
            "Compass direction? ",
            "mysql> ",
            "Secretary: ",
            "Standard (y/n)? ",
        ] {
            assert!(!is_veiled(&line.to_lowercase()), "{line}");
        }
    }
}
