using Gatehouse.Messaging.Mail;
using Gatehouse.Messaging.Templates;
using Gatehouse.Messaging.Unsubscribe;
using Gatehouse.Platform.Features;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Outbox;
using Gatehouse.Platform.Scheduling;
using Gatehouse.Platform.Settings;

namespace Gatehouse.Messaging;

/// <summary>Speaks to people: mail.</summary>
public sealed class MessagingFeature : Feature
{
    public override IReadOnlyList<SettingDefinition> Settings => MailSettings.All;

    public override IReadOnlyList<ErrorCode> ErrorCodes => [.. MailErrors.All, .. MailTextErrors.All];

    public override IReadOnlyList<Job> Jobs => [new(MailJobs.Tidy, "0 50 3 * * ?", MailJobs.RunTidy)];

    public override void Map(IEndpointRouteBuilder app) => UnsubscribePages.Map(app);

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
    }
}
