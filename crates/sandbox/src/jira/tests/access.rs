//! Who gets in, and what is there at all.

use super::*;

#[tokio::test]
async fn server_info_is_open_and_names_the_host_it_was_asked_at() {
    for (jira, kind) in [(server(), "Server"), (cloud(), "Cloud")] {
        let got = authenticate(&jira, "2/serverInfo", None).await;
        assert_eq!(got.status, 200);
        assert_eq!(got.json()["deploymentType"], kind);
        assert_eq!(
            get(&jira, "2/serverInfo").await.json()["baseUrl"],
            "http://jira.test:8080"
        );
    }
}

#[tokio::test]
async fn all_else_asks_for_credentials() {
    let paths = [
        "myself",
        "issue/SHOP-1",
        "issue/SHOP-1/comment",
        "issue/SHOP-1/remotelink",
        "issue/SHOP-1/transitions",
    ];
    for path in paths {
        let got = authenticate(&server(), &format!("2/{path}"), None).await;
        assert_eq!(got.refused().0, 401, "{path}");
        assert_eq!(
            got.header("x-seraph-loginreason"),
            "",
            "nothing was tried, so nothing failed"
        );
        let got = authenticate(&cloud(), &format!("3/{path}"), None).await;
        assert_eq!(got.status, 401, "{path}");
        assert_eq!(
            got.text,
            "Client must be authenticated to access this resource."
        );
    }
}

#[tokio::test]
async fn wrong_credentials_are_told_in_each_flavours_way() {
    let wrong = basic("jane", "guess");
    let got = authenticate(&server(), "2/myself", Some(&wrong)).await;
    assert_eq!(got.refused().0, 401);
    assert_eq!(got.header("x-seraph-loginreason"), "AUTHENTICATED_FAILED");
    assert_eq!(
        authenticate(&server(), "2/serverInfo", Some(&wrong))
            .await
            .status,
        401
    );

    let got = authenticate(&cloud(), "3/myself", Some(&wrong)).await;
    assert_eq!(
        (got.status.as_u16(), got.header("x-seraph-loginreason")),
        (401, "")
    );
    assert!(got.header("content-type").starts_with("text/plain"));
    assert_eq!(
        authenticate(&cloud(), "3/serverInfo", Some(&wrong))
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn too_many_wrong_passwords_need_a_captcha_solved() {
    let jira = server();
    let (wrong, right) = (basic("jane", "guess"), basic("jane", "secret"));
    for _ in 0..3 {
        authenticate(&jira, "2/myself", Some(&wrong)).await;
    }
    let got = authenticate(&jira, "2/myself", Some(&right)).await;
    assert_eq!(
        (got.status.as_u16(), got.header("x-seraph-loginreason")),
        (401, "AUTHENTICATION_DENIED")
    );
    assert!(got.text.contains("<html"), "{}", got.text);
    jira.clear_captcha();
    assert_eq!(
        authenticate(&jira, "2/myself", Some(&right)).await.status,
        200
    );
}

#[tokio::test]
async fn personal_tokens_are_for_server_alone() {
    let token = Some("Bearer t0k3n");
    assert_eq!(
        authenticate(&server().with_personal_token("t0k3n"), "2/myself", token)
            .await
            .status,
        200
    );
    assert_eq!(authenticate(&server(), "2/myself", token).await.status, 401);
    assert_eq!(
        authenticate(&cloud().with_personal_token("t0k3n"), "2/myself", token)
            .await
            .status,
        401
    );
}

#[tokio::test]
async fn each_flavour_knows_its_people_in_its_own_way() {
    let got = get(&server(), "2/myself").await.json();
    assert_eq!(
        (&got["name"], &got["active"]),
        (&json!("jane"), &json!(true))
    );
    assert!(got["key"].is_string() && got["accountId"].is_null());
    let got = get(&cloud(), "3/myself").await.json();
    assert!(got["accountId"].is_string() && got["name"].is_null() && got["key"].is_null());
}

#[tokio::test]
async fn version_3_is_on_cloud_alone() {
    let got = get(&server(), "3/serverInfo").await;
    assert_eq!(got.status, 404);
    assert!(got.header("content-type").starts_with("text/html"));
    assert_eq!(get(&cloud(), "3/serverInfo").await.status, 200);
    assert_eq!(get(&cloud(), "4/serverInfo").await.status, 404);
    assert_eq!(get(&cloud(), "3/issues").await.status, 404);
    assert_eq!(
        call(&cloud(), "PATCH", "3/issue/SHOP-1", None).await.status,
        405
    );
}
