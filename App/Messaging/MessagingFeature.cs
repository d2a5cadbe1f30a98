using Gatehouse.Messaging.Mail;
using Gatehouse.Platform.Features;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Outbox;
using Gatehouse.Platform.Settings;

namespace Gatehouse.Messaging;

/// <summary>Speaks to people: mail.</summary>
public sealed class MessagingFeature : Feature
{
    public override IReadOnlyList<SettingDefinition> Settings => MailSettings.All;

    public override IReadOnlyList<ErrorCode> ErrorCodes => MailErrors.All;

    public override void AddServices(IServiceCollection services, IConfiguration config)
    {
        services.AddSingleton<MailStatus>();
        services.AddSingleton<MailTrust>();
        services.AddSingleton<MailComposer>();
        services.AddSingleton<MailSender>();
        services.AddSingleton<MailQueue>();
        services.AddSingleton<IOutboxHandler, MailDelivery>();
        foreach (var template in Mails.Templates)
            services.AddSingleton(template);
    }
}
