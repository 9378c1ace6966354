"""Reads a mail of the story as any mail program would, and says what is wrong with it."""

import email
import email.policy
import sys

with open(sys.argv[1], "rb") as file:
    mail = email.message_from_binary_file(file, policy=email.policy.default)

wanted = {
    "Subject": "[Git][group/p][other] Grüße <aus> Köln",
    "To": "anna@x.test",
    "X-GitLab-Project": "p",
    "X-GitLab-Project-Path": "group/p",
    "List-Id": "group/p <p.group.git.test>",
    "Auto-Submitted": "auto-generated",
}
for name, value in wanted.items():
    assert mail[name] == value, f"{name}: {mail[name]!r}"
assert mail["From"].addresses[0].addr_spec == "crosstie@git.test", mail["From"]
assert len(mail.get_all("Message-ID")) == 1
assert mail["References"] == mail["In-Reply-To"] != mail["Message-ID"]
assert not mail.defects, mail.defects
assert mail.get_content_type() == "multipart/alternative"
text, page = (part.get_content() for part in mail.iter_parts())
assert "    Grüße <aus> Köln\n\n    .\n    ..dots\n" in text, text
assert "@@ -1 +1,2 @@\n line\n+line\n" in text, text
assert "Grüße &lt;aus&gt; Köln" in page, page
