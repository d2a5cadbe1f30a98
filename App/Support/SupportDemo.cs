using Gatehouse.Audit.Log;
using Gatehouse.Platform.Features;
using Gatehouse.Platform.Storage;
using Gatehouse.Support.Announcements;
using Gatehouse.Support.Articles;

namespace Gatehouse.Support;

/// <summary>What a shop tells its customers.</summary>
internal sealed class SupportDemo : DemoPart
{
    private static readonly Announcement NewVersion = new()
    {
        TitleEn = "Version 2.4 is out", TitleZh = "2.4 版已发布", TextEn = "It starts twice as fast. Your key works as before.", TextZh = "启动速度提升一倍，原有卡密照常使用。", Audience = "customers",
    };

    private static readonly Article[] Articles =
    [
        new()
        {
            Slug = "first-steps", TitleEn = "How do I use my key?", TitleZh = "卡密怎么用？", Published = true, Position = 10,
            BodyEn = """
                1. Open [the activation page]({{site}}/activate).
                2. Type your key, and the machine code that your program shows.
                3. Press **Activate**. Your program runs from then on.

                To see how much time is left, [look your key up]({{site}}/status).
                """,
            BodyZh = """
                1. 打开[激活页面]({{site}}/activate)。
                2. 输入卡密，以及软件显示的机器码。
                3. 点击**激活**，软件即可使用。

                想知道还剩多少时间，可以[查询卡密]({{site}}/status)。
                """,
        },
        new()
        {
            Slug = "another-machine", TitleEn = "I have a new computer", TitleZh = "换了新电脑怎么办？", Published = true, Position = 20,
            BodyEn = "A key is tied to the machine that it was activated on. [Write to us]({{site}}/account/tickets/new) with your key, and we set it free: **what is left of its time stays**.",
            BodyZh = "卡密与激活时的机器绑定。请[联系我们]({{site}}/account/tickets/new)并附上卡密，解绑后就能在新电脑上激活，**剩余时间不变**。",
        },
    ];

    public override ValueTask<long> Rows(ReadTx s) => s.Number("SELECT (SELECT COUNT(*) FROM announcements) + (SELECT COUNT(*) FROM articles) + (SELECT COUNT(*) FROM tickets)");

    public override async Task Open(DemoWorld world)
    {
        var (announcements, articles) = (world.Services.GetRequiredService<AnnouncementService>(), world.Services.GetRequiredService<ArticleService>());
        await world.Db.Command(world.Who, s => announcements.Create(s, world.Who, NewVersion, canMail: false));
        foreach (var article in Articles)
            await world.Db.Command(world.Who, s => articles.Create(s, world.Who, article));
        await TicketDemo.Open(world);
    }

    public override Task Live(DemoWorld world, int day, DateTimeOffset end) => TicketDemo.Live(world, day, end);
}
