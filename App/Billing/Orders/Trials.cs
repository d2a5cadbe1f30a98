using System.Security.Cryptography;
using System.Text;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.Orders;

/// <summary>
/// Who has had a trial: once an account, an e-mail address, and a mail domain, save those where everybody has a mailbox. Of addresses
/// and domains a mark is kept that nobody reads back without the key file.
/// </summary>
public sealed class Trials(SecretBox box)
{
    // Mailboxes for all: there, an address is a person and the domain says nothing.
    private static readonly HashSet<string> ForAll = [.. """
        gmail.com outlook.com hotmail.com live.com msn.com yahoo.com ymail.com aol.com icloud.com me.com mac.com proton.me protonmail.com pm.me gmx.com gmx.de gmx.net web.de
        t-online.de mail.com zoho.com fastmail.com hey.com tuta.com tutanota.com duck.com qq.com vip.qq.com foxmail.com 163.com vip.163.com 126.com yeah.net 188.com sina.com
        sina.cn vip.sina.com sohu.com aliyun.com 139.com 189.cn wo.cn tom.com 21cn.com 88.com naver.com hanmail.net daum.net kakao.com nate.com yahoo.co.jp docomo.ne.jp
        ezweb.ne.jp softbank.ne.jp yahoo.com.hk yahoo.com.tw hotmail.co.uk yahoo.co.uk btinternet.com sky.com orange.fr free.fr laposte.net sfr.fr wanadoo.fr yahoo.fr hotmail.fr
        libero.it virgilio.it mail.ru bk.ru list.ru inbox.ru yandex.ru yandex.com ya.ru rambler.ru ukr.net seznam.cz wp.pl o2.pl interia.pl onet.pl uol.com.br bol.com.br
        terra.com.br rediffmail.com yahoo.in yahoo.co.in comcast.net verizon.net att.net sbcglobal.net cox.net live.cn hotmail.de yahoo.de freenet.de
        """.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)];

    private readonly byte[] _key = box.Derive("trials");

    /// <summary>In the transaction of the order that gets it: it is used up.</summary>
    /// <exception cref="Refusal">409 TRIAL_USED.</exception>
    public async ValueTask Use(WriteTx s, string tenant, Plan plan, Buyer buyer, long now)
    {
        foreach (var mark in Marks(buyer))
            if (await s.Execute("INSERT INTO trial_uses (tenant_id, plan_id, who, created_at) VALUES (@tenant, @plan, @who, @now) ON CONFLICT DO NOTHING", ("tenant", tenant), ("plan", plan.Id), ("who", mark), ("now", now)) == 0)
                throw new Refusal(OrderErrors.TrialUsed);
    }

    /// <summary>What one account has had, the one that it becomes has had.</summary>
    internal static ValueTask<int> Move(WriteTx s, string tenant, string from, string into) => s.Execute(
        "INSERT INTO trial_uses (tenant_id, plan_id, who, created_at) SELECT tenant_id, plan_id, @into, created_at FROM trial_uses WHERE tenant_id = @tenant AND who = @from ON CONFLICT DO NOTHING",
        ("tenant", tenant), ("from", Account(from)), ("into", Account(into)));

    /// <summary>An account that goes leaves the marks of its address alone.</summary>
    internal static ValueTask<int> Forget(WriteTx s, string tenant, string account) => s.Execute("DELETE FROM trial_uses WHERE tenant_id = @tenant AND who = @who", ("tenant", tenant), ("who", Account(account)));

    /// <summary>The address as its mailbox has it: one mailbox has many spellings.</summary>
    internal static (string Mailbox, string Domain) Canonical(string email)
    {
        var lower = email.ToLowerInvariant();
        var (at, plus) = (lower.LastIndexOf('@'), lower.IndexOf('+'));
        var (local, domain) = (lower[..(plus > 0 && plus < at ? plus : at)], lower[(at + 1)..]);
        if (domain is "gmail.com" or "googlemail.com")
            (local, domain) = (local.Replace(".", ""), "gmail.com");
        return ($"{local}@{domain}", domain);
    }

    /// <summary>A mark of the mailbox, however the address is spelt; nobody reads it back.</summary>
    internal string Mailbox(string email) => Hash(Canonical(email).Mailbox);

    private IEnumerable<string> Marks(Buyer buyer)
    {
        if (buyer.AccountId is { } account)
            yield return Account(account);
        if (buyer.Email.Length == 0)
            yield break;
        var (mailbox, domain) = Canonical(buyer.Email);
        yield return "mail:" + Hash(mailbox);
        if (!ForAll.Contains(domain))
            yield return "domain:" + Hash(domain);
    }

    private static string Account(string id) => "account:" + id;

    private string Hash(string text) => Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));
}
