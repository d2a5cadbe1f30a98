using Gatehouse.Accounts.Customers;
using Gatehouse.Platform.Features;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Support.CannedAnswers;
using Gatehouse.Support.TicketFiles;
using Gatehouse.Support.Tickets;

namespace Gatehouse.Support;

/// <summary>What customers of a shop ask in its first month.</summary>
internal static class TicketDemo
{
    private static readonly CannedAnswer[] Canned =
    [
        new()
        {
            Title = "New computer 更换电脑", TextEn = "Hello {{name}},\n\nI have set your key free. Activate it on the new computer at {{site}}/activate; what is left of its time stays.",
            TextZh = "{{name}}，您好！\n\n卡密已解绑，请在新电脑上打开 {{site}}/activate 重新激活，剩余时间不变。",
        },
        new() { Title = "We look into it 正在处理", TextEn = "Hello {{name}},\n\nthank you for {{number}}. We look into it, and write to you here.", TextZh = "{{name}}，您好！工单 {{number}} 已收到，我们正在处理，稍后在这里回复您。" },
    ];

    public static async Task Open(DemoWorld world)
    {
        var canned = world.Services.GetRequiredService<CannedAnswerService>();
        foreach (var answer in Canned)
            await world.Db.Write(s => canned.Create(s, world.Who, answer));
    }

    /// <param name="day">Counted down to 0, today.</param>
    public static async Task Live(DemoWorld world, int day, DateTimeOffset end)
    {
        var staff = world.Who with { Name = "Mei" };
        var tickets = world.Services.GetRequiredService<TicketService>();
        switch (day)
        {
            case 24:
                var old = await Ask("chen.yu", "换了新电脑", "旧电脑坏了，卡密还能用在新电脑上吗？", 9 * 60);
                await Answer(old, "陈宇，您好！卡密已解绑，请在新电脑上重新激活，剩余时间不变。", 8 * 60);
                await world.Db.Write(s => tickets.SetClosed(s, As(old.AccountId), old.Id, true));
                break;
            case 5:
                var invoice = await Ask("marta", "Invoice for the last quarter", "Could you send me one invoice for all keys of the last quarter?", 6 * 60);
                await world.Db.Write(s => tickets.Answer(s, staff, invoice.Id, "Asked accounting; they do it on Monday.", note: true, []));
                await Answer(invoice, "Hello Marta,\n\nof course. You get it on Monday, by mail.", 3 * 60);
                break;
            case 1:
                await Ask("lin@example.net", "激活时提示机器码无效", "按教程操作，点击激活后提示“机器码无效”，日志见附件。", 5 * 60, "2.4.0 machine code: 9f2c-77b0 (expected 32 characters)"u8.ToArray());
                break;
            case 0:
                var export = await Ask("marta", "Export stops at 20 projects", "The export ends after 20 projects, and my key is a Premium one. Is that a limit of it?", 100);
                await world.Db.Write(s => tickets.Change(s, staff, export.Id, t => t with { Priority = "high" }));
                break;
        }

        async Task<Ticket> Ask(string login, string subject, string text, int minutesBefore, byte[]? log = null)
        {
            world.Clock.Now = end.AddMinutes(-minutesBefore);
            var customers = world.Services.GetRequiredService<CustomerService>();
            var who = As(await world.Db.Read(s => customers.IdOf(s, world.Who.TenantId, login)));
            KeptFile[] files = log is null ? [] : [await world.Services.GetRequiredService<TicketFolder>().Keep(new MemoryStream(log), "atlas.log", "files", CancellationToken.None)];
            return await world.Db.Write(s => tickets.Ask(s, who, new NewTicket(subject, text), files));
        }

        async Task Answer(Ticket ticket, string text, int minutesBefore)
        {
            world.Clock.Now = end.AddMinutes(-minutesBefore);
            await world.Db.Write(s => tickets.Answer(s, staff, ticket.Id, text, note: false, []));
        }

        Caller As(string account) => new(world.Who.TenantId, "customer", account, "", null, PermissionSet.None, null, null);
    }
}
