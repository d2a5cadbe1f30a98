using Gatehouse.Messaging.Channels;
using Gatehouse.Messaging.Formats;
using Gatehouse.Messaging.Mail;
using Gatehouse.Messaging.Notices;
using Gatehouse.Messaging.Permissions;
using Gatehouse.Messaging.Sending;
using Gatehouse.Messaging.StaffChannels;
using Gatehouse.Messaging.Templates;
using Gatehouse.Messaging.Unsubscribe;
using Gatehouse.Platform.Features;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Keys;
using Gatehouse.Platform.Notices;
using Gatehouse.Platform.Outbox;
using Gatehouse.Platform.Scheduling;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Messaging;

/// <summary>Speaks to people: by mail, and by the channels that they use.</summary>
public sealed class MessagingFeature : Feature
{
    public override IReadOnlyList<Permission> Permissions => MessagingPermissions.All;

    public override IReadOnlyList<NavigationEntry> Navigation => [new("channels", 65, ChannelPages.Path, "out", "channels.title", "c", MessagingPermissions.ChannelsManage)];

    public override IReadOnlyList<SettingDefinition> Settings => [.. MailSettings.All, .. NoticeSettings.All];

    public override IReadOnlyList<NoticeKind> Notices => [NoticeWatch.StorageLow, ChannelDelivery.SwitchedOff];

    public override IReadOnlyList<Job> Jobs => [new(NoticeWatch.Job, "0 */10 * * * ?", NoticeWatch.Run), new(MailJobs.Tidy, "0 50 3 * * ?", MailJobs.RunTidy)];

    public override IReadOnlyList<ErrorCode> ErrorCodes => [.. MailErrors.All, .. MailTextErrors.All, .. ChannelErrors.All];

    public override void AddServices(IServiceCollection services, IConfiguration config)
    {
        services.AddSingleton<MailStatus>();
        services.AddSingleton<MailTrust>();
        services.AddSingleton<MailComposer>();
        services.AddSingleton<MailSender>();
        services.AddSingleton<MailQueue>();
        services.AddSingleton<MailTextService>();
        services.AddSingleton<IMailTexts, MailTexts>();
        services.AddSingleton<UnsubscribeLinks>();
        services.AddSingleton<IOutboxHandler, MailDelivery>();
        foreach (var template in Mails.Templates)
            services.AddSingleton(template);
        AddChannels(services);
        AddNotices(services);
    }

    public override void Map(IEndpointRouteBuilder app)
    {
        UnsubscribePages.Map(app);
        ChannelEndpoints.Map(app);
        ChannelPages.Map(app);
        NoticePages.Map(app);
        NoticeEndpoints.Map(app);
    }

    private static void AddChannels(IServiceCollection services)
    {
        services.AddSingleton(ChannelMail.Template);
        services.AddSingleton<ChannelSecrets>();
        services.AddSealed(ChannelStore.Sealed);
        services.AddSingleton<ChannelService>();
        services.AddSingleton<ChannelTrust>();
        services.AddSingleton<ChannelSender>();
        services.AddSingleton<ChannelTrial>();
        services.AddSingleton<ChannelQueue>();
        foreach (var topic in ChannelKinds.All.Where(k => !k.IsMail).Select(k => ChannelQueue.Topic(k.Name)).Append(ChannelQueue.Own))
            services.AddSingleton<IOutboxHandler>(s => new ChannelDelivery(
                topic, s.GetRequiredService<ChannelSender>(), s.GetRequiredService<ChannelSecrets>(), s.GetRequiredService<INotices>(), s.GetRequiredService<Database>()));
        services.AddApiJson(ChannelJson.Default, NoticesJson.Default);
        services.AddFields<Channel, ChannelInput>(Channel.Fields, "ChannelView");
    }

    private static void AddNotices(IServiceCollection services)
    {
        services.AddSingleton<INotices, NoticeBoard>();
        services.AddSingleton<NoticeGathering>();
        services.AddSingleton<NoticeWords>();
        services.AddSingleton<IOutboxHandler, NoticeFanOut>();
        services.AddSingleton<NoticeGatherer>();
        services.AddHostedService(s => s.GetRequiredService<NoticeGatherer>());
    }
}
