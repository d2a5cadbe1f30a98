using Gatehouse.Platform.Settings;

namespace Gatehouse.Accounts.Logins;

/// <summary>What a tenant sets about who may make an account.</summary>
public static class SignUpSettings
{
    public const string Open = "open", Invitation = "invitation", Closed = "closed";

    private static readonly (string, string)[] Modes = [(Open, "setting.sign_up.mode.open"), (Invitation, "setting.sign_up.mode.invitation"), (Closed, "setting.sign_up.mode.closed")];
    private static readonly (string, string)[] YesOrNo = [("true", "setting.yes"), ("false", "setting.no")];

    // Mailboxes that anybody reads, or that are gone in ten minutes: the most used, from published lists.
    private const string Disposable =
        """
        10minutemail.com 20minutemail.com 33mail.com anonaddy.me byom.de discard.email dispostable.com emailondeck.com fakeinbox.com fakemail.net getairmail.com getnada.com
        grr.la guerrillamail.com guerrillamail.info guerrillamail.net guerrillamailblock.com harakirimail.com inboxbear.com inboxkitten.com incognitomail.org jetable.org
        linshiyouxiang.net linshiyou.com mail-temp.com mail.tm mail7.io mailcatch.com maildrop.cc mailexpire.com mailinator.com mailinator.net mailnesia.com mailnull.com mailsac.com
        minuteinbox.com mintemail.com moakt.com mohmal.com mytemp.email mytrashmail.com nada.email nwytg.net pokemail.net sharklasers.com snapmail.cc spam4.me spambog.com
        spamgourmet.com tempail.com tempinbox.com tempmail.com tempmail.dev tempmail.net tempmail.plus tempmailo.com temp-mail.io temp-mail.org tempr.email throwawaymail.com
        trashmail.com trashmail.de trashmail.net trashmail.ws trbvm.com wegwerfmail.de yopmail.com yopmail.fr yopmail.net
        """;

    public static readonly SettingGroup Group = new("sign_up", _ => []);

    public static readonly SettingDefinition Mode = new("sign_up.mode", 210, SettingKind.Choice, Open, _ => true) { Group = Group, Choices = Modes };

    /// <summary>Browsers and programs do some work before they may sign up.</summary>
    public static readonly SettingDefinition ProofOfWork = new("sign_up.proof_of_work", 220, SettingKind.Choice, "true", _ => true) { Group = Group, Choices = YesOrNo };

    /// <summary>Nobody signs up with an address of these domains, or of domains below them.</summary>
    public static readonly SettingDefinition RefusedDomains = new("sign_up.refused_domains", 230, SettingKind.Text, Normal(Disposable), AreDomains, Normal) { Group = Group, Optional = true, Lines = true, MaxLength = 20_000 };

    /// <summary>Only addresses of these domains; empty: of all others.</summary>
    public static readonly SettingDefinition AllowedDomains = new("sign_up.allowed_domains", 240, SettingKind.Text, "", AreDomains, Normal) { Group = Group, Optional = true, Lines = true, MaxLength = 20_000 };

    public static readonly IReadOnlyList<SettingDefinition> All = [Mode, ProofOfWork, RefusedDomains, AllowedDomains];

    /// <summary>May somebody with that address sign up?</summary>
    public static bool Takes(TenantSettings settings, string tenant, string email)
    {
        var domain = email[(email.LastIndexOf('@') + 1)..];
        var allowed = List(settings.Get(tenant, AllowedDomains));
        return (allowed.Length == 0 || allowed.Any(Covers)) && !List(settings.Get(tenant, RefusedDomains)).Any(Covers);

        bool Covers(string listed) => domain == listed || domain.EndsWith("." + listed, StringComparison.Ordinal);
    }

    /// <summary>A list of domains as it is stored, taken apart.</summary>
    public static string[] List(string stored) => stored.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    // One a line, in the order of the alphabet.
    private static string Normal(string typed) => string.Join('\n', typed.ToLowerInvariant()
        .Split([' ', ',', ';', '\n', '\r', '\t', '，', '；', '、'], StringSplitOptions.RemoveEmptyEntries).Select(d => d.TrimStart('@', '.')).Where(d => d.Length > 0).Distinct().Order(StringComparer.Ordinal));

    private static bool AreDomains(string normal) => List(normal).All(d => ContactRules.Email("a@" + d) is not null);
}
